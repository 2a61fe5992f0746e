"""Closed series are in no answer; their facts are deleted."""

from __future__ import annotations

from django.db import connection, transaction

from analytics.facts.customers import cohorts_kept, forget_first, lock_store
from analytics.facts.rollups import ROLLUPS

_CLOSED = """
SELECT w.generation, s.id, s.store_id FROM facts_watermark w JOIN invoices_series s ON s.id = w.series_id
WHERE s.closed_at IS NOT NULL ORDER BY 1, 2 LIMIT 1
"""
_HOLD = 'SELECT 1 FROM facts_watermark WHERE generation = %s AND series_id = %s ORDER BY "group" FOR UPDATE'
_CUSTOMERS = """
SELECT DISTINCT customer_id FROM facts_customerday WHERE generation = %s AND series_id = %s AND customer_id <> 0
"""


@transaction.atomic
def delete_closed() -> bool:
    """Delete the facts of one closed series; returns whether there was one."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSED)
        found = cursor.fetchone()
        if found is None:
            return False
        generation, series, store = found
        cursor.execute(_HOLD, [generation, series])
        lock_store(generation, store)
        cursor.execute(_CUSTOMERS, [generation, series])
        concerned = [pk for (pk,) in cursor.fetchall()]
        with cohorts_kept(generation, store, concerned):
            for table in (*(rollup.table for rollup in ROLLUPS), "facts_watermark"):
                statement = f"DELETE FROM {table} WHERE generation = %s AND series_id = %s"  # nosec B608 - our own tables
                cursor.execute(statement, [generation, series])
            forget_first(generation, concerned)
    return True
