"""A fold reads the documents of its batch and what belongs to them, however many other documents there are."""

from __future__ import annotations

import pytest
from django.db import connection

from analytics.facts.fold import DOCUMENTS
from analytics.facts.rollups import BUYERS, ROLLUPS

GIVEN: dict[str, int | str] = {"series": 1, "after": 0, "through": 5000, "store": 1, "zone": "UTC"}
SELECTS = {rollup.table: rollup.found(DOCUMENTS) for rollup in ROLLUPS} | {"buyers": BUYERS.format(documents=DOCUMENTS)}


@pytest.mark.django_db
@pytest.mark.parametrize("name", SELECTS)
def test_lines_and_documents_are_looked_up_for_each_invoice(name: str) -> None:
    """A merge of both indexes, which PostgreSQL prefers where few invoices have lines, reads all of them."""
    with connection.cursor() as cursor:
        # Lookups that the statement prescribes stay lookups; those that PostgreSQL chose become merges.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(f"EXPLAIN {SELECTS[name]}", GIVEN)
        plan = [row for (row,) in cursor.fetchall()]
    assert [row for row in plan if ("Merge Cond" in row or "Hash Cond" in row) and "invoice_id" in row] == []
