"""How far a history is, in the form that is kept with its job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from integrations.syncing.errors import ShopBusy
from integrations.syncing.shop import Progress

MOST_FAILURES = 5
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(kw_only=True)
class Place:
    """Where a history is: the operation that runs, and how many of its orders are recorded.

    All orders that changed before `since` are recorded. `failures` counts operations that brought nothing in a row.
    """

    since: datetime
    operation: str = ""
    done: int = 0
    failures: int = 0
    busy: int = 0
    # Before the operation began: its orders are as they were then, or later.
    asked_at: datetime = EARLIEST

    @classmethod
    def of(cls, since: datetime, kept: Progress) -> Place:
        if "since" in kept:
            since = datetime.fromisoformat(kept["since"])
        asked_at = datetime.fromisoformat(kept["asked_at"]) if "asked_at" in kept else EARLIEST
        return cls(since=since, operation=kept.get("operation", ""), done=kept.get("done", 0), asked_at=asked_at)

    def progress(self) -> Progress:
        since = self.since.isoformat()
        asked_at = self.asked_at.isoformat()
        return {"since": since, "cursor": since, "operation": self.operation, "done": self.done, "asked_at": asked_at}

    def begin(self, operation: str, asked_at: datetime) -> None:
        """Note an operation that has begun."""
        self.operation, self.asked_at, self.done, self.busy = operation, asked_at, 0, 0

    def begin_again(self) -> None:
        """Have the next operation begin at `since`; raises `ShopBusy` after too many that brought nothing."""
        self.operation, self.done = "", 0
        self.failures += 1
        if self.failures >= MOST_FAILURES:
            raise ShopBusy("Shopify ended the export of the orders again and again: try again later.")
