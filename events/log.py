"""Appends events to the log, in the transaction of the fact that they report: both are committed, or neither."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from runtime.waking import wake_after_commit

WAKE_NAME = "events"
MOST_PAYLOAD_BYTES = 65_536

# An older transaction may append after a younger one of the same key was committed. It then gets the younger one's xid,
# so that the key keeps its order. A consumer reads up to that xid only after both have ended.
_APPEND = """
INSERT INTO events_event (xid, topic, key, type, payload)
SELECT greatest(pg_current_xact_id()::text::bigint, (
    SELECT xid FROM events_event WHERE topic = %(topic)s AND key = %(key)s ORDER BY id DESC LIMIT 1
)), %(topic)s, %(key)s, %(type)s, %(payload)s
RETURNING id
"""


class NoTransaction(RuntimeError):
    """An event was appended outside of a transaction."""


class PayloadTooLarge(ValueError):
    """The payload of an event is larger than the log accepts."""


def append(topic: str, key: str, type: str, payload: Mapping[str, Any]) -> int:
    """Append an event in the caller's transaction; returns its id.

    Events of one key keep their order when the transaction locks the row of the fact first. `payload` is JSON as the
    schema of the topic describes it (docs/events). Raises `NoTransaction` or `PayloadTooLarge`.
    """
    if not connection.in_atomic_block:
        raise NoTransaction(f"An event of {topic} needs the transaction of its fact; use transaction.atomic().")
    text = json.dumps(payload, separators=(",", ":"))
    if len(text.encode()) > MOST_PAYLOAD_BYTES:
        raise PayloadTooLarge(f"The payload of {topic} {key} has more than {MOST_PAYLOAD_BYTES:,} bytes.")
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, {"topic": topic, "key": key, "type": type, "payload": text})
        event_id: int = cursor.fetchone()[0]
    wake_after_commit(WAKE_NAME)
    return event_id
