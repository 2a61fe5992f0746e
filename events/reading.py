"""Reads the events behind a cursor, none of which can be preceded by an event that is committed later."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from events.models import Cursor
from events.types import Event

# Every transaction below the horizon has ended, so what is not visible now was rolled back.
HORIZON = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_READ = f"""
SELECT xid, id, topic, key, type, payload::text, created_at FROM events_event
WHERE topic = ANY(%(topics)s) AND (xid, id) > (%(xid)s, %(event_id)s) AND xid < {HORIZON}
ORDER BY xid, id LIMIT %(most)s
"""


@dataclass(frozen=True, kw_only=True)
class Read:
    """An event, and the transaction number in its position."""

    xid: int
    event: Event


def read_behind(cursor: Cursor, topics: Sequence[str], *, most: int) -> list[Read]:
    """The next events of `topics`, at most `most`, in the order of the log."""
    given: dict[str, Any] = {"topics": list(topics), "xid": cursor.xid, "event_id": cursor.event_id, "most": most}
    with connection.cursor() as reading:
        reading.execute(_READ, given)
        rows = reading.fetchall()
    return [
        Read(xid=row[0], event=Event(
            id=row[1], topic=row[2], key=row[3], type=row[4], payload=json.loads(row[5]), created_at=row[6]
        ))
        for row in rows
    ]  # fmt: skip
