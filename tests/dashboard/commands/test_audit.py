"""The audit from the command line: a table or JSON, and exit code 1 on any difference."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from invoices.issue import issue
from invoices.models import Series, Totals
from invoices.series import current_test_series
from tests.invoices.samples import drafts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def three_invoices() -> None:
    issue(series_id=current_test_series().pk, drafts=drafts(3))


def test_json_is_the_last_line_and_the_contracts() -> None:
    out = StringIO()
    call_command("audit", "--json", stdout=out)
    report = json.loads(out.getvalue().splitlines()[-1])
    assert report["ok"] is True
    assert report["invoices"] == 3
    assert (report["totals_match"], report["number_gaps"], report["duplicate_numbers"]) == (True, [], 0)
    demo = {"feed": "demo", "announced": 3, "shown": 0, "skipped": 0, "queued": 3, "conserved": True}
    assert demo in report["feeds"]
    assert report["runs"] == []


def test_the_table_for_people_names_what_was_proved() -> None:
    out = StringIO()
    call_command("audit", stdout=out)
    text = out.getvalue()
    assert "totals" in text
    assert "announced 3 = shown 0 + skipped 0 + queued 3" in " ".join(text.split())
    assert "WRONG" not in text


def test_a_difference_is_an_error_that_names_it() -> None:
    Totals.objects.update(invoice_count=4)
    out = StringIO()
    with pytest.raises(CommandError, match=r"differences in: totals\."):
        call_command("audit", stdout=out)
    assert "WRONG" in out.getvalue()


def test_with_json_a_difference_is_also_reported_in_json() -> None:
    Series.objects.filter(pk=current_test_series().pk).update(last_ordinal=5)
    out = StringIO()
    with pytest.raises(CommandError, match="number gaps"):
        call_command("audit", "--json", stdout=out)
    report = json.loads(out.getvalue().splitlines()[-1])
    assert report["ok"] is False
    assert report["number_gaps"] == [{"series": "DEMO1", "first": 4, "last": 5}]
