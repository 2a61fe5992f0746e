"""Reads what the stores of the product contain, without any code of the product."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import psycopg

from tests.system.chaos.intake.checker import Kept, KeptOrder
from tests.system.chaos.intake.full.place import Place
from tests.system.chaos.intake.record import ShopRecord
from tests.system.chaos.intake.truth import COUNTS, DOCUMENTS, ORDERS

# The audit may take long on a busy machine.
AUDIT_SECONDS = 300.0
_STORE = "SELECT id FROM stores_store WHERE slug = %s"
_DELIVERIES = "SELECT topic, digest, state FROM webhooks_delivery WHERE store_id = %s ORDER BY id"
# Deliveries that wait, jobs that are not done, and stores that were polled since.
_STATE = """
SELECT (SELECT count(*) FROM webhooks_delivery WHERE state = 'new'),
    (SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')),
    (SELECT count(DISTINCT store_id) FROM syncing_syncrun WHERE kind = 'poll' AND state = 'done' AND started_at > %s),
    (SELECT sum(attempts) FROM webhooks_delivery), (SELECT max(id) FROM syncing_syncrun)
"""
Row = tuple[Any, ...]


def read_now(asked: psycopg.Connection[Row]) -> Row:
    return asked.execute("SELECT clock_timestamp()").fetchone() or ()


def read_state(asked: psycopg.Connection[Row], since: Row) -> Row:
    return asked.execute(_STATE, since).fetchone() or ()


def read_counts(asked: psycopg.Connection[Row]) -> Row:
    """How many documents there are, and how many of them are of orders."""
    return asked.execute(COUNTS).fetchone() or ()


def read_store(asked: psycopg.Connection[Row], slug: str, record: ShopRecord) -> Kept:
    """The orders, documents and deliveries of a store. What the plan still wants is not known here."""
    [store_id] = asked.execute(_STORE, [slug]).fetchone() or ()
    documents: dict[int, list[Row]] = {}
    for order_id, *document in asked.execute(DOCUMENTS, [store_id]):
        documents.setdefault(order_id, []).append(tuple(document))
    orders = [
        KeptOrder(
            external_id=name, state=state, total=total, refunded=refunded, difference=difference,
            documents=tuple(documents.get(pk, ())),
        )
        for pk, name, state, total, refunded, difference in asked.execute(ORDERS, [store_id])
    ]  # fmt: skip
    return Kept(name=slug, orders=orders, deliveries=_read_deliveries(asked, store_id, record))


def read_audit(place: Place) -> dict[str, Any]:
    done = place.product.stack.manage("audit", "--json", seconds=AUDIT_SECONDS)
    lines = done.stdout.strip().splitlines()
    found: dict[str, Any] = json.loads(lines[-1]) if lines else {"ok": False, "error": done.stderr[-500:]}
    return found


def _read_deliveries(asked: psycopg.Connection[Row], store_id: int, record: ShopRecord) -> list[tuple[str, bytes, str]]:
    """Topic, body and state. Bodies are sealed; the digest says which of the webhooks that were sent it is."""
    bodies = {
        hashlib.sha256(sent.topic.encode() + b"\0" + sent.body).digest(): (sent.topic, sent.body)
        for sent in record.posted
    }
    rows = asked.execute(_DELIVERIES, [store_id]).fetchall()
    return [(*bodies.get(bytes(digest), (topic, b"a body that was not sent")), state) for topic, digest, state in rows]
