"""Empties old batches that are taken, so that the table stays bounded. Their counts stay, and so does what is held."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

EMPTIED_AT_ONCE = 100
_EMPTY = """
UPDATE pipes_batch SET lines = '' WHERE id IN (
    SELECT id FROM pipes_batch
    WHERE created_at < clock_timestamp() - make_interval(days => %(days)s) AND state = 'done' AND lines <> ''
    ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED
)
"""


def empty_old() -> bool:
    """Delete the lines of batches that are older than `INTAKE_KEEP_DAYS`; returns whether there may be more."""
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY, {"days": settings.INTAKE_KEEP_DAYS, "most": EMPTIED_AT_ONCE})
        return bool(cursor.rowcount == EMPTIED_AT_ONCE)
