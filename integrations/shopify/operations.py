"""The bulk operations that the shop has reported as ended, so that the import that waits for one goes on at once."""

from __future__ import annotations

from integrations.shopify.models import FinishedOperation
from stores.rows import rows_of

# More than can run at a time; reports of operations that no import waits for are of no use.
MOST_KEPT = 20


def note_finished(store_id: int, operation: str) -> None:
    """Record that the operation, by its global id, has ended."""
    rows = rows_of(FinishedOperation, store_id)
    rows.bulk_create([FinishedOperation(store_id=store_id, operation=operation[:100])], ignore_conflicts=True)
    old = list(rows.order_by("-id").values_list("pk", flat=True)[MOST_KEPT : MOST_KEPT + 100])
    rows.filter(pk__in=old).delete()


def take_finished(store_id: int, operation: str) -> bool:
    """Whether the shop has reported the end of the operation since the last call."""
    return rows_of(FinishedOperation, store_id).filter(operation=operation).delete()[0] > 0
