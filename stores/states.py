"""The states of a store and the moves between them."""

from __future__ import annotations

from stores.models import DEFAULT_STORE_ID, Store

Status = Store.Status
# By the target: the states that a store may come from.
MOVES: dict[str, frozenset[str]] = {
    Status.ACTIVE: frozenset({Status.PAUSED, Status.CONNECTING}),
    Status.CONNECTING: frozenset({Status.PAUSED}),
    Status.PAUSED: frozenset({Status.ACTIVE, Status.CONNECTING}),
    Status.DISCONNECTED: frozenset({Status.CONNECTING, Status.ACTIVE, Status.PAUSED}),
    Status.ERASED: frozenset({Status.CONNECTING, Status.ACTIVE, Status.PAUSED, Status.DISCONNECTED}),
}


class WrongState(RuntimeError):
    """The store cannot move from its present state to the wanted one."""


class DefaultStore(RuntimeError):
    """The default store holds the documents of the installation: it stays."""


def move(store: Store, target: str) -> bool:
    """Move `store` to the state `target`; returns whether it moved. In the target state already, nothing changes.

    The state in the table decides, so of two moves at once the second sees the result of the first. Raises
    `WrongState` and `DefaultStore`.
    """
    if store.pk == DEFAULT_STORE_ID and (target == Status.ERASED or _is_removed(store, target)):
        raise DefaultStore(f"Store {store.slug} is the default store: it can be paused, not removed.")
    moved = Store.objects.filter(pk=store.pk, status__in=MOVES[target]).update(status=target)
    store.refresh_from_db()
    if not moved and store.status != target:
        raise WrongState(f"Store {store.slug} is {store.status}, so it cannot become {target}.")
    return bool(moved)


def _is_removed(store: Store, target: str) -> bool:
    """Whether the move takes a store without a shop out of use."""
    return target == Status.DISCONNECTED and store.platform == Store.Platform.MANUAL
