"""The job that deletes the rows of an erased store, part by part, in short transactions. It may run twice."""

from __future__ import annotations

from collections.abc import Generator

from jobs.work import Work
from stores.models import Store
from stores.parts import parts_to_delete
from stores.queries import UnknownStore, read_store_by_id
from streaming import feed as feeds


def run(work: Work) -> Generator[None, None, None]:
    """Delete the rows of the store; of a demonstration store, the feed and the row of the store too."""
    try:
        store = read_store_by_id(work.arguments["store"])
    except UnknownStore:
        return
    for delete_some in parts_to_delete(store):
        while delete_some(store):
            yield
    if store.is_demo:
        feeds.close_feed(store.feed)
        Store.objects.filter(pk=store.id, status=Store.Status.ERASED).delete()
