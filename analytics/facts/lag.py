"""How far the facts are behind the documents."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from analytics.facts.rollups import LIVE, MINUTE

GROUPS = (LIVE, MINUTE)

_LAG = """
SELECT groups.name, coalesce(sum(s.last_ordinal - coalesce(w.folded_to, 0)), 0)::bigint,
    coalesce(sum(w.folded_to), 0)::bigint,
    coalesce(max(extract(epoch FROM clock_timestamp() - i.created_at)), 0)::float
FROM (VALUES ('live'), ('minute')) AS groups(name)
CROSS JOIN facts_generation g
LEFT JOIN invoices_series s ON s.closed_at IS NULL AND s.kind <> 'purchase'
LEFT JOIN facts_watermark w ON w.generation = g.number AND w."group" = groups.name AND w.series_id = s.id
LEFT JOIN invoices_invoice i ON i.series_id = s.id AND i.ordinal = coalesce(w.folded_to, 0) + 1
WHERE g.is_current GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, kw_only=True)
class Lag:
    """Of one group: documents that wait to be folded, those that are, and how many seconds the oldest has waited."""

    group: str
    waiting: int
    folded: int
    seconds: float


def read_lag() -> list[Lag]:
    """The lag of every group."""
    with connection.cursor() as cursor:
        cursor.execute(_LAG)
        return [Lag(group=g, waiting=n, folded=f, seconds=s) for g, n, f, s in cursor.fetchall()]
