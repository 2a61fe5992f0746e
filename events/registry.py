"""The consumers of events. The apps above register them in their `ready()`; the process `loops` runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.module_loading import import_string

from events.types import Event

Handler = Callable[[Event], None]


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """A reader of `topics`. `handler` is the dotted path of its function, imported only by the process that runs it.

    The function is called in the transaction that moves the cursor: its rows are committed with it, so their effect
    exists once. An effect outside PostgreSQL may be repeated after a crash and must be idempotent by the event's id.
    """

    name: str
    topics: tuple[str, ...]
    handler: str

    def load_handler(self) -> Handler:
        """The function, imported now."""
        found: Handler = import_string(self.handler)
        return found


_consumers: dict[str, Consumer] = {}


def register(consumer: Consumer) -> None:
    """Have `loops` run the consumer. A new one begins with the oldest event in the log."""
    _consumers[consumer.name] = consumer


def registered() -> list[Consumer]:
    """All consumers, by name."""
    return [_consumers[name] for name in sorted(_consumers)]
