"""Questions with fixed metrics: the calls that take a period, a currency, stores and feeds, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from analytics.metrics.query import BadQuery, Query, parse
from analytics.metrics.standing import Standing

_TAKEN = {"from", "to", "start", "end", "currency", "filter.store", "not.store", "filter.feed", "not.feed"}


def parse_narrow(
    given: Mapping[str, Sequence[str]],
    standing: Standing,
    *,
    metrics: Sequence[str],
    grain: str,
    by: str = "",
    since: date | None = None,
) -> Query:
    """The question for `metrics` that `given` narrows down; without a beginning, from `since` on. Raises `BadQuery`."""
    if unknown := sorted({name for name, values in given.items() if any(values)} - _TAKEN):
        raise BadQuery(unknown[0][:60], f"{unknown[0][:60]!r} is not a parameter of this call.")
    asked = {**given, "metric": metrics, "grain": [grain], "by": [by]}
    if since and not any(given.get(name) for name in ("from", "start")):
        asked["from"] = [since.isoformat()]
    return parse(asked, zone=standing.zone, today=standing.today)
