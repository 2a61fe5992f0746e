"""Answers kept by this process under what they depend on, so that a kept one is never wrong and only costs less.

Asking Redis would cost as much as a statement.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock

KEPT_SECONDS = 60.0
MOST_CHARACTERS = 4 * 2**20


class Answers:
    """The newest answers, up to `most` characters of them. Threads may share it."""

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._size = 0

    def get(self, key: str) -> str:
        """The kept text; empty without one."""
        kept_at, text = self._kept.get(key, (0.0, ""))
        return text if time.monotonic() < kept_at + KEPT_SECONDS else ""

    def put(self, key: str, text: str) -> None:
        """Keep the text for `KEPT_SECONDS`, or until others need its place."""
        with self._lock:
            self._forget(key)
            self._kept[key] = (time.monotonic(), text)
            self._size += len(text)
            while self._size > self._most:
                self._forget(next(iter(self._kept)))

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    def _forget(self, key: str) -> None:
        _, text = self._kept.pop(key, (0.0, ""))
        self._size -= len(text)


ANSWERS = Answers()
