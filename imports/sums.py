"""Sums a series and its credit notes by day of a time zone, for a comparison with the books."""

from __future__ import annotations

from typing import Any

from django.db import connection

from imports.batches import CREDIT_SUFFIX
from imports.reading.options import Options
from invoices import money

_DAYS = """
SELECT to_char(i.invoice_date AT TIME ZONE %s, 'YYYY-MM-DD') AS day, i.currency,
    count(*) FILTER (WHERE i.kind = 'invoice'), count(*) FILTER (WHERE i.kind = 'credit_note'),
    sum(CASE WHEN i.kind = 'invoice' THEN i.subtotal ELSE -i.subtotal END),
    sum(CASE WHEN i.kind = 'invoice' THEN i.total_amount ELSE -i.total_amount END)
FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id
WHERE s.prefix IN (%s, %s) GROUP BY 1, 2 ORDER BY 1, 2
"""


def read_days(options: Options) -> list[dict[str, Any]]:
    """A row a day and currency: invoices less credit notes, before and with VAT."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, [options.timezone, options.series, options.series + CREDIT_SUFFIX])
        names = ("day", "currency", "invoices", "credit_notes", "subtotal", "total_amount")
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [row | {name: money.text(row[name]) for name in ("subtotal", "total_amount")} for row in rows]
