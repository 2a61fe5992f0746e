"""The history of one schedule: actions and observations in order, with times; a failing run prints it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """`who` did or saw `what` at `wall` (seconds since 1970, the clock that PostgreSQL on this machine reads too)."""

    wall: float
    who: str
    what: str
    data: dict[str, Any] = field(default_factory=dict)


class History:
    """Append only. Times are the machine's wall clock, so that they compare with PostgreSQL's."""

    def __init__(self) -> None:
        self.began = time.time()
        self.events: list[Event] = []

    def begin(self) -> None:
        """Count times from now on."""
        self.began = time.time()

    def note(self, who: str, what: str, **data: Any) -> Event:
        event = Event(wall=time.time(), who=who, what=what, data=data)
        self.events.append(event)
        return event

    def of(self, *whats: str) -> Iterator[Event]:
        """The events of these kinds, in order."""
        return (event for event in self.events if event.what in whats)

    def render(self) -> str:
        """The whole as text, one line an event, seconds since the beginning first."""
        return "\n".join(self._line(event) for event in self.events)

    def _line(self, event: Event) -> str:
        details = " ".join(f"{name}={_short(value)}" for name, value in event.data.items() if value is not None)
        return f"{event.wall - self.began:8.3f}  {event.who:<10} {event.what:<16} {details}".rstrip()


def wall_of(moment: datetime) -> float:
    """A time of PostgreSQL's as seconds since 1970."""
    return moment.timestamp()


def _short(value: Any) -> str:
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return text if len(text) <= 300 else f"{text[:297]}..."
