"""What the apps above keep for each store: they register how it is opened with a new store and deleted with an old one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Model

from stores.queries import StoreFacts
from stores.rows import rows_of

ROWS_AT_ONCE = 500

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


def register_rows(name: str, *models: type[Model], at_once: int = ROWS_AT_ONCE) -> None:
    """Register rows that are deleted with their store, `at_once` in each step: models that refer to others come first."""

    def delete_some(store: StoreFacts) -> bool:
        for model in models:
            if ids := list(rows_of(model, store.id).values_list("pk", flat=True)[:at_once]):
                rows_of(model, store.id).filter(pk__in=ids).delete()
                return True
        return False

    register_part(StorePart(name=name, delete_some=delete_some))


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
