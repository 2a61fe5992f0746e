"""The feeds of invoices: `demo` for generated ones, `live` for real ones, `store-SLUG` for those of a store.

A screen of a store may hang on a wall, so the rows of its feed have masked buyers.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from invoices import queries, totals
from invoices.generation import reset, runs
from invoices.generation.serialize import present_run
from invoices.listing import read_page
from invoices.sorting import sortable
from stores.scope import is_feed_visible
from stores.slugs import PATTERN
from streaming import feed as feeds

DEMO = "demo"


def register() -> None:
    """Register the kinds with streaming."""
    shared: dict[str, Any] = {
        "load_items": queries.load_items,
        "refresh_totals": totals.read,
        "read_totals": totals.get,
        "read_page": read_page,
        "sortable": sortable,
        "reset": reset.reset,
    }
    feeds.register_kind(
        feeds.FeedKind(
            name=DEMO,
            mark=("Demo data", "Generated invoices in test series; none of this is revenue"),
            read_source=_read_run,
            start=_start,
            stop=_stop,
            purge=partial(reset.reset, purge=True),
            **shared,
        )
    )
    shared |= {"read_source": _read_nothing, "is_visible": is_feed_visible}
    feeds.register_kind(feeds.FeedKind(name="live", **shared))
    feeds.register_kind(
        feeds.FeedKind(
            name="store",
            is_permanent=False,
            name_pattern=PATTERN,
            placeholder="SLUG",
            **shared | {"load_items": queries.load_masked_items},
        )
    )


def _read_run(feed: str) -> feeds.SourceState:
    found = runs.latest_issued()
    if found is None:
        return feeds.SourceState()
    run, issued_count = found
    word = str(run.state) if run.state in run.ACTIVE else None
    return feeds.SourceState(active_word=word, details={"run": present_run(run, issued_count)})


def _read_nothing(feed: str) -> feeds.SourceState:
    """Real invoices come from outside: there is no run to be at work."""
    return feeds.SourceState()


def _start(*, rate_per_second: Decimal, duration_seconds: int, seed: int | None = None) -> None:
    runs.start(rate_per_second=rate_per_second, duration_seconds=duration_seconds, seed=seed)


def _stop(feed: str) -> None:
    runs.stop()
