"""What a connector is: it turns a configuration and a position into pages of records, and stores nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

# A JSON object that only its connector understands; an empty one is the beginning of the source.
Position = Mapping[str, Any]


class SourceError(RuntimeError):
    """The source could not be read; the message says what was asked, what came, and what to do.

    The run fails, and is made again after `retry_seconds`, or after the pause of the pipe's back-off.
    """

    def __init__(self, message: str, *, retry_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds


class SourceRefused(SourceError):
    """The source refuses until a user changes something: a wrong secret, address or query. The pipe stops."""


class BadConfig(ValueError):
    """The configuration is wrong; the message names the member, the value and the remedy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Records as the source sent them, one JSON object a line, and the position behind them.

    Numbers are written as the source wrote them. A line that is not a JSON object is kept, and rejected when it is taken.
    """

    lines: Sequence[str]
    position: Position


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """The source has nothing more for now; a stream is asked again after some seconds. Other sources end instead."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Pull:
    """What is asked of a source. `since` and `until` are the range of a backfill, else None."""

    config: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict)
    position: Position = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None


class Connector(Protocol):
    """The module of a connector has these names."""

    # The members of `config` whose values are secrets: they are stored encrypted, and never returned.
    SECRETS: frozenset[str]

    def check(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The configuration without its secrets, complete with defaults; raises `BadConfig`."""
        ...

    def pull(self, asked: Pull) -> Iterator[Page | Pause]:
        """The pages from the position on, until the source has nothing more.

        The caller stores each page with its position before it asks for the next one, and may close the iterator at any
        time. Raises `SourceError`.
        """
        ...
