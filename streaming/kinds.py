"""The registry of feed kinds. The app that owns a kind registers how its feeds are read and what an operator may do.

A kind has either one permanent feed of its own name, which every database has, or temporary feeds named KIND-N or
KIND-NAME.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

_NUMBER = r"[1-9][0-9]{0,17}"

# (origin id, ordinal) of each row -> its JSON text; deleted rows are missing.
ItemLoader = Callable[[Sequence[tuple[int, int]]], dict[tuple[int, int], str]]
Operation = Callable[[str], object]


def _everyone(feed: str) -> bool:
    return True


class UnknownFeed(LookupError):
    """No feed has that name."""

    def __init__(self, name: str) -> None:
        known = [kind.name if kind.is_permanent else f"{kind.name}-{kind.placeholder}" for kind in _kinds.values()]
        super().__init__(f"There is no feed {name!r}; the feeds are {', '.join(known)}.")


class ControlRefused(ValueError):
    """Feeds of that kind do not support that control."""

    def __init__(self, feed: str, control: str) -> None:
        others = ", ".join(kind.name for kind in _kinds.values() if control in kind.controls)
        super().__init__(f"Feed {feed!r} does not support {control}; feeds that do: {others}.")


class BadPageQuery(ValueError):
    """The parameters of a list request are not valid; `field` names the parameter."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class PageQuery:
    """The requested page of a feed's list: the parameters of `GET /api/invoices`.

    Without `with_names`, buyers are masked and not searched for.
    """

    limit: int
    cursor: str | None = None
    before: str | None = None
    until: date | None = None
    query: str = ""
    sort: Any = None
    with_names: bool = True


@dataclass(frozen=True)
class Page:
    """Rows of a feed's list; `next_cursor` continues after them, None at the end."""

    items: list[dict[str, Any]]
    next_cursor: str | int | None


@dataclass(frozen=True, kw_only=True)
class SourceState:
    """The state of the source of a feed's rows: a word while it works, and its part of the feed's status."""

    active_word: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def word(self, queued_count: int) -> str:
        """The state word of the feed: that of its source, then draining until the queue is empty, then idle."""
        return self.active_word or ("draining" if queued_count else "idle")


class TotalsReader(Protocol):
    def __call__(self, feed: str, currency: str | None = None) -> dict[str, Any]:
        """The totals of `feed` in `currency`, or in the default currency."""


class Start(Protocol):
    def __call__(self, *, rate_per_second: Any, duration_seconds: int, seed: int | None) -> object:
        """Start to generate rows."""


@dataclass(frozen=True, kw_only=True)
class FeedKind:
    """One kind of feeds: how they are read, and the operations behind their controls.

    `read_totals` may answer from a cache; `refresh_totals` reads PostgreSQL. `mark` explains why a feed shows no live
    revenue: a label and a sentence. `owns_rows` is false where the rows belong to another feed and are shown again.
    `is_visible` says whether the present request may see a feed; a feed that it may not see does not exist for it.
    """

    name: str
    load_items: ItemLoader
    refresh_totals: TotalsReader
    read_totals: TotalsReader
    read_source: Callable[[str], SourceState]
    read_page: Callable[[str, PageQuery], Page]
    sortable: Callable[[str], list[str]]
    is_permanent: bool = True
    owns_rows: bool = True
    name_pattern: str = _NUMBER
    placeholder: str = "N"
    is_visible: Callable[[str], bool] = _everyone
    mark: tuple[str, str] | None = None
    start: Start | None = None
    stop: Operation | None = None
    reset: Operation | None = None
    purge: Operation | None = None

    @property
    def controls(self) -> list[str]:
        """The names of the controls of its feeds, beside skip and pace, which all feeds have."""
        return [name for name in ("start", "stop", "reset", "purge") if getattr(self, name)]

    def has(self, feed: str) -> bool:
        """Whether `feed` is a name of this kind."""
        return re.fullmatch(self.pattern, feed, re.ASCII) is not None

    @property
    def pattern(self) -> str:
        return self.name if self.is_permanent else f"{self.name}-{self.name_pattern}"


_kinds: dict[str, FeedKind] = {}


def register_kind(kind: FeedKind) -> None:
    """Register `kind`; it replaces one of the same name."""
    _kinds[kind.name] = kind


def kind_of(feed: str) -> FeedKind:
    """The kind of `feed`, which need not exist; raises `UnknownFeed` when no kind has such names."""
    kind = _kinds.get(feed) or _kinds.get(feed.partition("-")[0])
    if kind is None or not kind.has(feed):
        raise UnknownFeed(feed)
    return kind


def is_visible(feed: str) -> bool:
    """Whether the present request may see `feed`. A feed without a kind is visible."""
    try:
        return kind_of(feed).is_visible(feed)
    except UnknownFeed:
        return True


def permanent_feeds() -> list[str]:
    """The feeds that every database has."""
    return [kind.name for kind in _kinds.values() if kind.is_permanent]


def operation(feed: str, control: str) -> Operation:
    """The function to call with `feed` for `control`; raises `ControlRefused` or `UnknownFeed`."""
    found: Operation | None = getattr(kind_of(feed), control)
    if found is None:
        raise ControlRefused(feed, control)
    return found


def names_schema(accepts: Callable[[FeedKind], object] = bool) -> dict[str, Any]:
    """The JSON Schema of the names of all feeds of a kind for which `accepts` is true."""
    kinds: Iterable[FeedKind] = [kind for kind in _kinds.values() if accepts(kind)]
    permanent = {"enum": [kind.name for kind in kinds if kind.is_permanent]}
    others = [{"pattern": f"^{kind.pattern}$"} for kind in kinds if not kind.is_permanent]
    return {"anyOf": [permanent, *others]} if others else permanent
