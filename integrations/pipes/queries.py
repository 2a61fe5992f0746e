"""Reads of batches."""

from __future__ import annotations

from typing import Any

from integrations.pipes.models import OPEN, Batch
from runtime.formats import iso
from stores.rows import rows_of, rows_of_all_stores
from stores.scope import narrow

LARGEST_ID = 2**63 - 1


class UnknownBatch(LookupError):
    """No batch that the caller may see has that number."""


def read_batch(batch_id: int) -> Batch:
    """A batch of a store that the request may see, without its lines; raises `UnknownBatch`."""
    rows = narrow(rows_of_all_stores(Batch), "store_id").select_related("pipe").defer("lines")
    found = rows.filter(pk=batch_id).first() if batch_id <= LARGEST_ID else None
    if found is None:
        raise UnknownBatch(f"There is no batch {batch_id}; GET /api/v1/ingest/batches lists the batches.")
    return found


def read_page(
    store_id: int, source: str | None, *, before: int | None, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """The newest batches of a store, of all sources or of one, with an id below `before`, and where the next page begins."""
    rows = rows_of(Batch, store_id).select_related("pipe").defer("lines").order_by("-id")
    if source is not None:
        rows = rows.filter(pipe__name=source)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    return [present(batch) for batch in found[:limit]], found[limit - 1].pk if len(found) > limit else None


def is_settled(batch_id: int) -> tuple[bool, int]:
    """Whether all records of a batch are taken or held, and how many are held or rejected."""
    state, held, rejected = rows_of_all_stores(Batch).filter(pk=batch_id).values_list("state", "held", "rejected").get()
    return state not in OPEN, sum(held.values()) + sum(rejected.values())


def present(batch: Batch) -> dict[str, Any]:
    """A batch as the API shows it."""
    taken = batch.accepted + batch.duplicates
    return {
        "batch_id": str(batch.pk),
        "source_id": batch.pipe.name,
        "data_type": batch.data_type,
        "status": batch.state,
        "received": batch.received,
        "processed": batch.position,
        "accepted": batch.accepted,
        "duplicates": batch.duplicates,
        "held": batch.held,
        "rejected": batch.rejected,
        "warned": batch.warned,
        "quality_score": round(taken / batch.position, 4) if batch.position else None,
        "seconds": round(batch.seconds, 3),
        "error": batch.error or None,
        "received_at": iso(batch.created_at),
    }
