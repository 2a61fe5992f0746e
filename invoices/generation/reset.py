"""Reset and purge: stop, pass over the backlog, clear the screens; purge also begins a new test series."""

from __future__ import annotations

from django.db import transaction

from invoices import series as all_series
from invoices import totals
from invoices.documents.removal import delete_test_invoices
from invoices.generation import runs
from invoices.models import Invoice, Run, Series
from streaming import feed as feeds

DELETE_ROWS = 5000


class NotTestFeed(ValueError):
    """Only generated invoices can be purged."""


def reset(feed: str, *, purge: bool = False) -> None:
    """Stop the run (demo feed), skip what is queued on `feed` and clear its screens.

    With `purge` the demo feed's series is closed and the next begun: counts are zero at once. Raises `NotTestFeed`
    when anything but the demo feed is to be purged.
    """
    if purge and feed != "demo":
        raise NotTestFeed(
            f"purge is for generated invoices alone; feed {feed!r} holds real ones, which are never deleted."
        )
    while True:
        if feed == "demo":
            _stop_if_running()
        if _clear(feed, purge=purge):
            break
    feeds.tell_totals(feed)
    totals.write_through(feed)


def _stop_if_running() -> None:
    try:
        runs.end_running()
    except runs.NotRunning:
        for run in Run.objects.filter(state=Run.State.STOPPING):
            runs.finish_stopping(run)


@transaction.atomic
def _clear(feed: str, *, purge: bool) -> bool:
    """Clear in one transaction; False when a run was started on the series in between, so that it must be stopped."""
    if feed == "demo":
        series = all_series.lock_current_test_series()
        if Run.objects.filter(series=series, state__in=Run.ACTIVE).exists():
            return False
        if purge:
            all_series.close(series)
            all_series.open_test_series()
    feeds.skip_queued(feed, clear_screens=True)
    return True


def delete_purged(limit: int = DELETE_ROWS) -> int:
    """Delete up to `limit` documents of closed test series; returns how many. Runs of those series stay as history."""
    for series in Series.objects.filter(closed_at__isnull=False, is_emptied=False).order_by("id"):
        newest = list(Invoice.objects.filter(series=series).order_by("-ordinal").values_list("id", flat=True)[:limit])
        count = delete_test_invoices(newest)
        if count:
            return count
        Series.objects.filter(pk=series.pk).update(is_emptied=True)
    return 0
