"""Faults of a fake shop on demand: of its webhooks, and of its answers."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(kw_only=True)
class Faults:
    """Shares of webhooks from 0 to 1 that are lost, late (sent at the next delivery), doubled; and whether they are
    shuffled. `answers` are the faults of the next answers of the API: a status such as 429 or 500, `slow` or `half`.
    """

    lost: float = 0.0
    late: float = 0.0
    doubled: float = 0.0
    is_reordered: bool = False
    answers: list[int | str] = field(default_factory=list)
    slow_seconds: float = 12.0
    random: random.Random = field(default_factory=lambda: random.Random(1))
    _late: list[Any] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arrange(self, due: Sequence[T]) -> list[T]:
        """The deliveries to send now, in their order."""
        arranged: list[T] = []
        for each in due:
            if self.random.random() < self.lost:
                continue
            if self.random.random() < self.late:
                self._late.append(each)
                continue
            arranged += [each, each] if self.random.random() < self.doubled else [each]
        if self.is_reordered:
            self.random.shuffle(arranged)
        return arranged

    def take_late(self) -> list[Any]:
        """The deliveries that are to be sent at the next turn."""
        late, self._late = self._late, []
        return late

    def next_answer(self) -> int | str | None:
        """The fault of the answer to be given now; None for none."""
        with self._lock:
            return self.answers.pop(0) if self.answers else None
