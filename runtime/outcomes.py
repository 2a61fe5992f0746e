"""The outcome of a request as far as it is known: shared by the ASGI boundary and the view that does the work.

`begin` and `give_up` exclude each other. A request that was given up before it began never begins, so the answer
"nothing was done" stays true.
"""

from __future__ import annotations

import threading
import uuid
from enum import StrEnum
from typing import Any
from urllib.parse import quote

SCOPE_NAME = "invoicedash.outcome"
ADDRESS = "/api/idempotency/"


class Stage(StrEnum):
    """The progress of a request."""

    WAITING = "waiting"
    BEGUN = "begun"
    DONE = "done"
    GIVEN_UP = "given up"


class GivenUp(RuntimeError):
    """The time limit passed before the request began, and the client was answered that nothing was done."""


class Outcome:
    """The stage of one request, and the key under which a client can ask for its outcome."""

    def __init__(self, key: str | None = None, *, is_kept: bool = False) -> None:
        self.key = key or f"made-{uuid.uuid4().hex}"
        # Whether the outcome is stored under the key.
        self.is_kept = is_kept
        self._stage = Stage.WAITING
        self._advice = "Check what it changes before you send it again."
        self._lock = threading.Lock()

    @property
    def stage(self) -> Stage:
        return self._stage

    @property
    def location(self) -> str | None:
        """The address that returns the outcome; None when the outcome is not stored."""
        return ADDRESS + quote(self.key, safe="") if self.is_kept else None

    def begin(self, advice: str = "") -> None:
        """Record that the request may change data from now on; raises `GivenUp`. `advice` says where the client can
        check.
        """
        with self._lock:
            if self._stage is Stage.GIVEN_UP:
                raise GivenUp("The answer limit passed before this request began; nothing was done.")
            self._stage = Stage.BEGUN
            self._advice = advice or self._advice

    def finish(self) -> None:
        """Record that all changes are committed; only the answer is missing."""
        with self._lock:
            self._stage = Stage.DONE

    def give_up(self) -> None:
        """Record that the client is answered now: work that has not begun never begins."""
        with self._lock:
            if self._stage is Stage.WAITING:
                self._stage = Stage.GIVEN_UP

    def sentence(self) -> str:
        """A sentence that says what is known and what the client should do."""
        if self._stage in (Stage.WAITING, Stage.GIVEN_UP):
            return "Nothing was done; send the request again."
        advice = f"Ask GET {self.location} before you send it again." if self.is_kept else self._advice
        if self._stage is Stage.DONE:
            return f"The request was done; only its answer is missing. {advice}"
        return f"It is not known whether the request was done. {advice}"


def outcome_in(scope: Any) -> Outcome:
    """The outcome in `scope` (a mapping); created at the first call."""
    found: Outcome = scope.setdefault(SCOPE_NAME, Outcome())
    return found
