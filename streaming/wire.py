"""The frames of the WebSocket (CONTRACT: `/ws/dashboard/`), as text. Each is encoded once for all sockets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

PROTOCOL = 1


def encode(value: Any) -> str:
    """`value` as compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def invoice_frame(seq: int, item: str) -> str:
    """One shown row; `item` is its JSON text."""
    return f'{{"type":"invoice","seq":{seq},"invoice":{item}}}'


def reset_frame(last_seq: int) -> str:
    return f'{{"type":"reset","last_seq":{last_seq}}}'


def stats_frame(stats: str) -> str:
    return f'{{"type":"stats","stats":{stats}}}'


def status_frame(status: str) -> str:
    return f'{{"type":"status","status":{status}}}'


def hello_frame(
    *, feed: str, epoch: str, last_seq: int, reset: bool, rows: Sequence[tuple[int, str]], stats: str, status: str
) -> str:
    """The first frame: rows as (seq, JSON text), ascending."""
    items = ",".join(f'{{"seq":{seq},"invoice":{item}}}' for seq, item in rows)
    head = encode(
        {"type": "hello", "protocol": PROTOCOL, "feed": feed, "epoch": epoch, "last_seq": last_seq, "reset": reset}
    )
    return f'{head[:-1]},"items":[{items}],"stats":{stats},"status":{status}}}'


def error_frame(detail: str) -> str:
    return encode({"type": "error", "detail": detail})


PONG = encode({"type": "pong"})
