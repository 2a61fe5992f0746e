"""An event as its consumers see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """A committed event. `id` is the same at every attempt, so that effects outside PostgreSQL can be idempotent by it."""

    id: int
    topic: str
    key: str
    type: str
    payload: dict[str, Any]
    created_at: datetime
