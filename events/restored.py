"""Adapts the log to another server. A dump keeps transaction numbers, and a new server counts from the beginning.

Positions ahead of the server's counter would hide old events, and new ones would lie before the cursors. Then all
positions are replaced by smaller ones in the same order. Runs after each migrate, before any process starts.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import connection, transaction

logger = logging.getLogger(__name__)

_IS_AHEAD = """
SELECT EXISTS (
    SELECT FROM (SELECT xid FROM events_event UNION ALL SELECT xid FROM events_cursor) AS positions
    WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
)
"""
_LOCK = "LOCK TABLE events_event, events_cursor IN ACCESS EXCLUSIVE MODE"
# Numbers up to 0 are smaller than those of any transaction.
_RENUMBER = (
    """
    CREATE TEMPORARY TABLE events_renumbered ON COMMIT DROP AS
    SELECT id, xid, row_number() OVER (ORDER BY xid, id) - count(*) OVER () AS number FROM events_event
    """,
    f"""
    UPDATE events_cursor c SET (xid, event_id) = (
        SELECT coalesce(max(number), {-(2**62)}), coalesce((array_agg(id ORDER BY number DESC))[1], 0)
        FROM events_renumbered r WHERE (r.xid, r.id) <= (c.xid, c.event_id)
    )
    """,
    "UPDATE events_event e SET xid = number FROM events_renumbered r WHERE r.id = e.id",
)


@transaction.atomic
def adopt_positions(**_: Any) -> None:
    """Replace the positions if they come from a server that has counted further than this one."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_AHEAD)
        if not cursor.fetchone()[0]:
            return
        for statement in (_LOCK, *_RENUMBER):
            cursor.execute(statement)
    logger.warning("The event log comes from another PostgreSQL server; its positions were adapted to this one")
