"""One dashboard that writes down when it heard what, in a thread of its own."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


@dataclass(frozen=True, slots=True)
class Heard:
    """A frame and the wall clock at its receipt, which is also PostgreSQL's: both run on one machine."""

    at: float
    frame: dict[str, Any]


class Listener:
    """Use it as a context manager. `heard` has all frames after the hello, in order."""

    def __init__(self, url: str) -> None:
        self.heard: list[Heard] = []
        self._door = contextlib.ExitStack()
        self._socket = self._door.enter_context(connect(url, compression=None, max_size=None, open_timeout=20))
        self.hello: dict[str, Any] = json.loads(self._socket.recv(20))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()
        self._thread.join(5)

    def frames(self, kind: str) -> list[Heard]:
        return [heard for heard in self.heard if heard.frame["type"] == kind]

    def totals_delays(self) -> list[float]:
        """Milliseconds from each change of the totals (`as_of`, before its commit) to its receipt."""
        return [1000 * (heard.at - moment(heard.frame["stats"]["as_of"])) for heard in self.frames("stats")]

    def row_delays(self, shown_at: dict[int, float]) -> list[float]:
        """Milliseconds from each row's moment (by sequence number, before its commit) to its receipt."""
        return [1000 * (heard.at - shown_at[heard.frame["seq"]]) for heard in self.frames("invoice")]

    def _listen(self) -> None:
        try:
            for text in self._socket:
                at = time.time()
                self.heard.append(Heard(at, json.loads(text)))
        except (ConnectionClosed, OSError):
            return


def moment(text: str) -> float:
    """An ISO 8601 time as seconds of the epoch."""
    return datetime.fromisoformat(text).timestamp()
