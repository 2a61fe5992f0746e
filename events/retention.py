"""Deletes old events that every consumer has handled, so that the log stays bounded. The audit log stays."""

from __future__ import annotations

from django.db import connection

from events.registry import registered

KEPT_DAYS = 30
DELETED_AT_ONCE = 1000
_DELETE = f"""
DELETE FROM events_event WHERE id IN (
    SELECT e.id FROM events_event e WHERE e.created_at < clock_timestamp() - interval '{KEPT_DAYS} d'
    AND NOT starts_with(e.topic, 'audit.')
    AND NOT EXISTS (
        SELECT FROM unnest(%(names)s::text[], %(topics)s::text[]) AS t(consumer, topic)
        LEFT JOIN events_cursor c ON c.consumer = t.consumer
        WHERE t.topic = e.topic AND (c.consumer IS NULL OR (c.xid, c.event_id) < (e.xid, e.id))
    )
    AND NOT EXISTS (SELECT FROM events_letter l WHERE l.event_id = e.id)
    ORDER BY e.created_at LIMIT {DELETED_AT_ONCE}
)
"""


def delete_old_events() -> bool:
    """Delete up to `DELETED_AT_ONCE` events; returns whether there may be more. Every consumer must be registered."""
    pairs = [(consumer.name, topic) for consumer in registered() for topic in consumer.topics]
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, {"names": [name for name, _ in pairs], "topics": [topic for _, topic in pairs]})
        return bool(cursor.rowcount == DELETED_AT_ONCE)
