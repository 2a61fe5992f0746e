"""The cases, one file each, in the order of their seeds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.system.chaos.bounds.cases import answers, closed, disk, downloads, imports, sockets, unread
from tests.system.chaos.bounds.ground import Opener, closed_product, on_a_small_disk, open_product
from tests.system.chaos.bounds.trial import Trial


@dataclass(frozen=True, kw_only=True)
class Case:
    """`place` opens the product that it needs."""

    name: str
    strike: Callable[[Trial], Awaitable[None]]
    place: Opener = open_product


CASES = (
    Case(name="answer limit", strike=answers.strike),
    Case(name="cut downloads", strike=downloads.strike),
    Case(name="descriptors", strike=sockets.strike),
    Case(name="unread pings", strike=unread.strike),
    Case(name="broken import", strike=imports.strike),
    Case(name="full disk", strike=disk.strike, place=on_a_small_disk),
    Case(name="closed crowd", strike=closed.strike, place=closed_product),
)
