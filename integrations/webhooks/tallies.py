"""The counts of each store."""

from __future__ import annotations

from django.db.models import F

from integrations.webhooks.models import Tally
from stores.rows import rows_of


def add(store_id: int, **counts: int) -> None:
    """Add to the counts of a store, by the name of their columns."""
    rows_of(Tally, store_id).bulk_create([Tally(store_id=store_id)], ignore_conflicts=True)
    rows_of(Tally, store_id).update(**{name: F(name) + count for name, count in counts.items()})


def read(store_id: int) -> Tally:
    """The counts of a store; all 0 where nothing was counted."""
    zero = dict.fromkeys(("accepted", "removed", "duplicates", "rejected", "late", "missed", "healed"), 0)
    return rows_of(Tally, store_id).first() or Tally(store_id=store_id, **zero)
