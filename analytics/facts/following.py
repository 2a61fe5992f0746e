"""Functions of the apps above that are called after the live facts have changed, with the ids of the series."""

from __future__ import annotations

from collections.abc import Callable, Collection

Follow = Callable[[Collection[int]], None]
_following: list[Follow] = []


def register_follower(follow: Follow) -> None:
    """Have `follow` called after each fold that was committed. It may be called late, or not at all after a kill."""
    if follow not in _following:
        _following.append(follow)


def notify_followers(series: Collection[int]) -> None:
    """Say that documents of these series were folded."""
    for follow in _following:
        follow(series)
