"""A dashboard that checks the contract: it receives frames, fails on a violation, and keeps what a page would show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Screen:
    """What one dashboard shows. `since` is the first sequence number it is owed.

    `take` raises `AssertionError` when a frame is not as the contract says.
    """

    epoch: str | None = None
    last_seq: int | None = None
    since: int = 1
    invoices: dict[int, Any] = field(default_factory=dict)
    stats: Json = field(default_factory=dict)
    status: Json = field(default_factory=dict)
    hello: Json = field(default_factory=dict)
    reset_count: int = 0

    @property
    def rows(self) -> list[int]:
        """The sequence numbers on screen, oldest first."""
        return list(self.invoices)

    def take(self, frame: Json) -> None:
        match frame["type"]:
            case "hello":
                self._take_hello(frame)
            case "invoice":
                assert self.last_seq is not None
                assert frame["seq"] == self.last_seq + 1, "sequence numbers rise by one"
                self.invoices[frame["seq"]] = frame["invoice"]
                self.last_seq = frame["seq"]
            case "reset":
                assert frame["last_seq"] == self.last_seq, "a clearing stands between the rows it parts"
                self.invoices = {}
                self.reset_count += 1
            case "stats":
                assert frame["stats"] != self.stats, "totals are sent only on change"
                self.stats = frame["stats"]
            case "status":
                assert self.last_seq is not None
                assert frame["status"]["display"]["last_seq"] <= self.last_seq, "a head before its rows"
                self.status = frame["status"]

    def _take_hello(self, frame: Json) -> None:
        self.hello = frame
        sequence = [item["seq"] for item in frame["items"]]
        if frame["reset"] or self.last_seq is None:
            self.invoices, self.since = {}, (sequence or [frame["last_seq"] + 1])[0]
        else:
            assert sequence == list(range(self.last_seq + 1, frame["last_seq"] + 1)), "a resumed hello has a hole"
        self.invoices |= {item["seq"]: item["invoice"] for item in frame["items"]}
        self.epoch, self.last_seq = frame["epoch"], frame["last_seq"]
        self.stats, self.status = frame["stats"], frame["status"]
