"""Figures, lists and exports of stores, read from the replica where there is one (`runtime.replica`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from runtime import replica
from stores import scope


@contextmanager
def reading_stores() -> Iterator[None]:
    """Within, queries go to the replica, if it can be used now.

    The accounts whose stores the request may see are read from the primary before: a replica that is behind would still
    show them to a member who has left.
    """
    if replica.is_configured():
        scope.visible_account_ids()
    with replica.choose().reading():
        yield
