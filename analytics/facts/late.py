"""Late documents: a closed day whose figures they change is listed with what it said before and says after.

Test series count in no figure of a store, so they restate none.
"""

from __future__ import annotations

from typing import Any

OF_REAL_SERIES = "series_id IN (SELECT id FROM invoices_series WHERE kind <> 'test')"
# A document is late when it was issued after the generation was made and its day is over: then the figures of that day
# were there to be read.
_NOTE = f"""
INSERT INTO facts_restatement
    (store_id, local_day, currency, why, before_count, before_revenue, after_count, after_revenue)
SELECT %(store)s, b.local_day, b.currency, 'late documents', h.count - b.count, h.revenue - b.revenue, h.count, h.revenue
FROM (
    SELECT local_day, currency, CASE %(kind)s WHEN 'invoice' THEN sum(documents) ELSE 0 END AS count,
        CASE %(kind)s WHEN 'invoice' THEN 1 ELSE -1 END * sum(subtotal) AS revenue
    FROM ({{batch}}) AS batch GROUP BY 1, 2
) AS b CROSS JOIN LATERAL (
    SELECT coalesce(sum(documents) FILTER (WHERE kind = 'invoice'), 0) AS count,
        sum(CASE kind WHEN 'invoice' THEN subtotal ELSE -subtotal END) AS revenue
    FROM facts_hour WHERE generation = %(generation)s AND store_id = %(store)s
        AND local_day = b.local_day AND currency = b.currency AND {OF_REAL_SERIES}
) AS h
"""
_IS_LATE = f"""
SELECT EXISTS (
    SELECT 1 FROM invoices_invoice i, facts_generation g
    WHERE g.number = %(generation)s AND g.is_current AND i.series_id = %(series)s AND i.ordinal > %(after)s
        AND i.ordinal <= %(through)s AND {OF_REAL_SERIES} AND {{late}}
)
"""
_LATE = """i.created_at >= g.created_at
    AND (i.invoice_date AT TIME ZONE %(zone)s)::date < (clock_timestamp() AT TIME ZONE %(zone)s)::date"""


def note_late(cursor: Any, given: dict[str, Any], batch: str) -> None:
    """List the closed days that the documents of `batch`, a SELECT of sums by hour, have changed."""
    cursor.execute(_IS_LATE.format(late=_LATE), given)
    if not cursor.fetchone()[0]:
        return
    closed = f"SELECT * FROM ({batch}) AS all_of_them WHERE local_day < (clock_timestamp() AT TIME ZONE %(zone)s)::date"
    cursor.execute(_NOTE.format(batch=closed), given)
