"""What the apps above keep for each store: they register how it is opened with a new store and deleted with an old one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stores.queries import StoreFacts

# Called in the transaction that creates the store; raises `PrefixTaken` and `BadStore`.
Open = Callable[[StoreFacts], None]
# Called in the transaction that disconnects the store, before its secrets are deleted. It does not wait for a shop.
Leave = Callable[[StoreFacts], None]
# Deletes some rows of an erased store in a transaction of its own; returns whether rows may be left.
DeleteSome = Callable[[StoreFacts], bool]


@dataclass(frozen=True, kw_only=True)
class StorePart:
    """The rows of one app. A part with `of_demo_only` stays when a real store is erased: documents are kept by law."""

    name: str
    open: Open | None = None
    leave: Leave | None = None
    delete_some: DeleteSome | None = None
    of_demo_only: bool = False


_parts: dict[str, StorePart] = {}


def register_part(part: StorePart) -> None:
    """Register `part`; it replaces one of the same name."""
    _parts[part.name] = part


def open_parts(store: StoreFacts) -> None:
    """Open all parts of a new store, the lower apps first."""
    for part in _parts.values():
        if part.open is not None:
            part.open(store)


def leave_parts(store: StoreFacts) -> None:
    """Let all parts end what they have outside of this installation for the store."""
    for part in _parts.values():
        if part.leave is not None:
            part.leave(store)


def parts_to_delete(store: StoreFacts) -> Iterator[DeleteSome]:
    """The deletions for `store`, in the reverse order of the registrations: rows that refer to others go first."""
    for part in reversed(_parts.values()):
        if part.delete_some is not None and (store.is_demo or not part.of_demo_only):
            yield part.delete_some
