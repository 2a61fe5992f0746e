"""What becomes of the records of a chunk, by their lines. Each record ends in exactly one of the lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from integrations.pipes.entities.reading import Fault, Record
from integrations.pipes.models import Pipe
from invoices.issue import Issued
from stores.queries import StoreFacts

# The records that may be taken, by their lines.
Records = Mapping[int, Record]


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Where records come from: their store and pipe, and the batch with its time."""

    store: StoreFacts
    pipe: Pipe
    batch_id: int
    received_at: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.store.timezone)


@dataclass(slots=True)
class Outcomes:
    """The lines of the records that were taken, of those that changed nothing, and what is wrong with the others.

    `warned` counts the rules with the severity `warn` that records broke. `issued` is to be announced at the end of the
    transaction.
    """

    accepted: set[int] = field(default_factory=set)
    duplicates: set[int] = field(default_factory=set)
    faults: dict[int, Fault] = field(default_factory=dict)
    warned: Counter[str] = field(default_factory=Counter)
    issued: list[Issued] = field(default_factory=list)

    def hold(self, line: int, rule: str, message: str) -> None:
        """Keep a record back."""
        self.faults[line] = Fault(rule=rule, message=message, part="consistent")

    def settle(self, lines: Iterable[int], changed: set[int]) -> None:
        """Sort the lines by whether they changed something."""
        for line in lines:
            (self.accepted if line in changed else self.duplicates).add(line)
