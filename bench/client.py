"""A dashboard client that records when it received each frame, in a separate thread."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


@dataclass(frozen=True, slots=True)
class ReceivedFrame:
    """A frame and the wall-clock time of its receipt; PostgreSQL uses the same clock, because both run on one machine."""

    at: float
    frame: dict[str, Any]


class Listener:
    """A dashboard client as a context manager. `received` has all frames after the hello, in order."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.received: list[ReceivedFrame] = []
        self._exits = contextlib.ExitStack()
        socket = connect(url, compression=None, max_size=None, open_timeout=20, additional_headers=headers)
        self._socket = self._exits.enter_context(socket)
        self.hello: dict[str, Any] = json.loads(self._socket.recv(20))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self._exits.close()
        self._thread.join(5)

    def frames(self, kind: str) -> list[ReceivedFrame]:
        return [received for received in self.received if received.frame["type"] == kind]

    def totals_delays(self) -> dict[float, float]:
        """Milliseconds from each change of the totals (`as_of`, before its commit) to its receipt, by that time."""
        changed = ((moment(received.frame["stats"]["as_of"]), received.at) for received in self.frames("stats"))
        return {as_of: 1000 * (at - as_of) for as_of, at in changed}

    def row_delays(self, shown_at: Mapping[int, float]) -> dict[float, float]:
        """Milliseconds from each row's time (before its commit) to its receipt, by that time and sequence number."""
        shown = ((shown_at[received.frame["seq"]], received.at) for received in self.frames("invoice"))
        return {moment: 1000 * (at - moment) for moment, at in shown}

    def _listen(self) -> None:
        try:
            for text in self._socket:
                at = time.time()
                self.received.append(ReceivedFrame(at, json.loads(text)))
        except (ConnectionClosed, OSError):
            return


def moment(text: str) -> float:
    """An ISO 8601 time as seconds of the epoch."""
    return datetime.fromisoformat(text).timestamp()
