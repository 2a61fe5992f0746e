"""The loops that keep the facts up to date, run by the process `loops`."""

from __future__ import annotations

from analytics.facts.closed import delete_closed
from analytics.facts.fold import fold, fold_behind, read_behind
from analytics.facts.following import notify_followers
from analytics.facts.generations import delete_retired
from analytics.facts.rollups import LIVE, MINUTE
from runtime.background_loops import LoopSpec
from runtime.connection import close_connection
from streaming.names import TOTALS_CHANGED

# At most four folds a second: what comes together is folded together.
QUIET_SECONDS = 0.25
WITHIN_SECONDS = 60.0


def fold_live() -> bool:
    """One turn: hours and categories; then the screens get the new figures."""
    behind = read_behind(LIVE)
    is_more = fold_behind(LIVE, behind)
    if behind:
        notify_followers({each.series for each in behind})
    return is_more


def fold_rest() -> bool:
    """One turn: customers, products and refunds; then what is no longer needed is deleted."""
    if fold(MINUTE):
        return True
    return delete_closed() or delete_retired()


LIVE_LOOP = LoopSpec(
    name="fold-live", turn=fold_live, every_seconds=1.0, within_seconds=WITHIN_SECONDS,
    woken_by=TOTALS_CHANGED, quiet_seconds=QUIET_SECONDS, after_error=close_connection,
)  # fmt: skip
MINUTE_LOOP = LoopSpec(
    name="fold-minute", turn=fold_rest, every_seconds=30.0, within_seconds=2 * WITHIN_SECONDS,
    after_error=close_connection, before_pause=close_connection,
)  # fmt: skip
