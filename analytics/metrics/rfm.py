"""Segments of customers by recency, frequency and money (RFM): each is scored 1 to 5 among the customers of its store.

The scores are fifths by rank, equal values get equal scores. Money is the net in the currency of the store.
"""

from __future__ import annotations

SEGMENTS = ("champions", "loyal", "new", "promising", "at_risk", "lost")
SOURCE = "rfm"

_SCORES = """
SELECT customer_id, ceil(5 * cume_dist() OVER (PARTITION BY store_id ORDER BY last_day)) AS r,
    round(ceil(5 * cume_dist() OVER (PARTITION BY store_id ORDER BY invoices)) / 2
        + ceil(5 * cume_dist() OVER (PARTITION BY store_id ORDER BY net)) / 2) AS fm
FROM (
    SELECT d.store_id, d.customer_id, max(d.local_day) FILTER (WHERE d.kind = 'invoice') AS last_day,
        sum(d.documents) FILTER (WHERE d.kind = 'invoice') AS invoices,
        coalesce(sum(CASE d.kind WHEN 'invoice' THEN d.net ELSE -d.net END) FILTER (WHERE d.currency = st.currency), 0) AS net
    FROM facts_customerday d JOIN stores_store st ON st.id = d.store_id
    WHERE d.generation = %(generation)s AND d.series_id = ANY(%(series)s) AND d.customer_id <> 0
    GROUP BY 1, 2 HAVING bool_or(d.kind = 'invoice')
) AS sums
"""
# A row per customer with an invoice in the chosen series.
CUSTOMERS = f"""
SELECT customer_id, CASE
    WHEN r >= 4 THEN CASE WHEN fm >= 4 THEN 'champions' WHEN fm = 3 THEN 'loyal' ELSE 'new' END
    WHEN r = 3 THEN CASE WHEN fm >= 3 THEN 'loyal' ELSE 'promising' END
    WHEN fm >= 3 THEN 'at_risk' ELSE 'lost' END AS segment
FROM ({_SCORES}) AS scores
"""
