"""A store with something of everything that goes out."""

from __future__ import annotations

import pytest

from invoices.issue import issue
from invoices.series import current_test_series
from tests.invoices.documents.samples import credit_note, document, issue_one, line
from tests.invoices.samples import draft

NASTY = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(A1)",
    "\ufe661",
    'Müller & Söhne; "AG"',
)


@pytest.fixture
def store(db: None) -> list[str]:
    """The numbers of what is on live, in the order of issue; on demo are generated ones with odd buyers."""
    first = issue_one(document(line("2", "10"), line("1", "5", "0.1"), source="shop", external_id="-17"))
    second = issue_one(document(line("1", "70"), currency="SEK"))
    corrected = issue_one(credit_note(line("1", "10"), corrects=first, reason="Broken"))
    issue(series_id=current_test_series().pk, drafts=[draft(buyer_name=name) for name in NASTY])
    return [first, second, corrected]
