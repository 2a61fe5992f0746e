"""Deletes old deliveries, so that the table stays bounded. The counts of a store say how many were removed."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

DELETED_AT_ONCE = 500
# One that still has to be applied is never deleted.
_DELETE = """
WITH old AS (
    DELETE FROM webhooks_delivery WHERE id IN (
        SELECT id FROM webhooks_delivery
        WHERE received_at < clock_timestamp() - make_interval(days => %(days)s) AND state <> 'new'
        ORDER BY received_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ) RETURNING store_id
), counted AS (
    UPDATE webhooks_tally t SET removed = t.removed + o.count
    FROM (SELECT store_id, count(*) FROM old WHERE store_id IS NOT NULL GROUP BY 1 ORDER BY 1) o WHERE t.store_id = o.store_id
)
SELECT count(*) FROM old
"""


def delete_old() -> bool:
    """Delete what is older than `INTAKE_KEEP_DAYS`; returns whether there may be more."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, {"days": settings.INTAKE_KEEP_DAYS, "most": DELETED_AT_ONCE})
        return int(cursor.fetchone()[0]) == DELETED_AT_ONCE
