"""The registry of the status reader. The app on top registers it, because it has access to the processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# feed -> the object of a `status` frame.
StatusReader = Callable[[str], dict[str, Any]]

_read_status: StatusReader | None = None


def register_status(read: StatusReader) -> None:
    global _read_status
    _read_status = read


def read_status(feed: str) -> dict[str, Any]:
    assert _read_status, "no app has registered how the status is read"
    return _read_status(feed)
