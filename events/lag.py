"""How far each consumer is behind the log."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from events.registry import registered

# Counting stops here, so that a consumer that is far behind costs no more than one that is near.
MOST_COUNTED = 10_000
_LAG = f"""
SELECT consumer.name, coalesce(c.event_id, 0), waiting.count, coalesce(waiting.seconds, 0)::float, letters.dead,
    letters.alive
FROM (SELECT name, array_agg(topic) AS topics FROM unnest(%(names)s::text[], %(topics)s::text[]) AS t(name, topic)
    GROUP BY 1) AS consumer
LEFT JOIN events_cursor c ON c.consumer = consumer.name
CROSS JOIN LATERAL (
    SELECT count(*), extract(epoch FROM clock_timestamp() - min(created_at)) AS seconds FROM (
        SELECT created_at FROM events_event e WHERE e.topic = ANY(consumer.topics)
        AND (e.xid, e.id) > (coalesce(c.xid, {-(2**62)}), coalesce(c.event_id, 0)) ORDER BY xid, id LIMIT {MOST_COUNTED}
    ) AS events
) AS waiting
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE is_dead) AS dead, count(*) FILTER (WHERE NOT is_dead) AS alive
    FROM events_letter l WHERE l.consumer = consumer.name
) AS letters
ORDER BY 1
"""
_OLDEST_WRITER = """
SELECT pid, application_name, extract(epoch FROM clock_timestamp() - xact_start)::float FROM pg_stat_activity
WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() ORDER BY age(backend_xid) DESC LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class Lag:
    """Of one consumer: how many events are not read yet (at most `MOST_COUNTED`) and how long the oldest has waited.

    `retried` of those that it has read failed and are retried or wait behind such a one, `dead` failed for good.
    """

    consumer: str
    position: int
    waiting: int
    seconds: float
    retried: int
    dead: int


@dataclass(frozen=True, kw_only=True)
class Writer:
    """The oldest open transaction that writes: no consumer reads what was appended after its begin."""

    pid: int
    name: str
    seconds: float


def read_lag() -> list[Lag]:
    """The lag of every registered consumer."""
    pairs = [(consumer.name, topic) for consumer in registered() for topic in consumer.topics]
    if not pairs:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LAG, {"names": [name for name, _ in pairs], "topics": [topic for _, topic in pairs]})
        rows = cursor.fetchall()
    return [
        Lag(consumer=row[0], position=row[1], waiting=row[2], seconds=row[3], dead=row[4], retried=row[5])
        for row in rows
    ]


def read_oldest_writer() -> Writer | None:
    """The session that holds the consumers back, if any transaction is open."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST_WRITER)
        row = cursor.fetchone()
    return Writer(pid=row[0], name=row[1], seconds=row[2]) if row else None
