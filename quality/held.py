"""Documents that are held in quarantine: they would change figures if they were right."""

from __future__ import annotations

# An SQL expression, so that a statement of the caller reads it as well: how many rows wait for a person, and the
# subtotals by currency of those that could be read.
HELD = """(
    SELECT json_build_object('rows', coalesce(sum(count), 0)::bigint, 'amount', coalesce(
        json_agg(json_build_object('currency', currency, 'amount', amount::text) ORDER BY currency)
            FILTER (WHERE currency <> ''), '[]'::json))
    FROM (
        SELECT currency, count(*) AS count, sum(amount) AS amount FROM quality_quarantined WHERE state = 'open' GROUP BY 1
    ) AS sums
)"""
