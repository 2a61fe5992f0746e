"""Reads what the stores contain at the end of a schedule, with the documents that the plan still wants for each order."""

from __future__ import annotations

from typing import Any

from tests.system.chaos.core.ground import NO_LIMITS
from tests.system.chaos.intake.checker import Kept, KeptOrder, named
from tests.system.chaos.intake.record import ShopRecord

ORDERS = """
SELECT o.id, o.external_id, o.state, o.total, o.refunded, o.total + o.redeemed - o.refunded - o.invoiced + o.credited - o.vouchers
    - o.tips - o.rounding - o.waiting - o.set_aside - o.quarantined FROM orders_order o WHERE o.store_id = %s ORDER BY o.id
"""
DOCUMENTS = """
SELECT d.order_id, i.kind, d.external_id, i.total_amount FROM orders_orderdocument d
JOIN orders_order o ON o.id = d.order_id JOIN invoices_invoice i ON i.id = d.invoice_id
WHERE o.store_id = %s ORDER BY d.invoice_id
"""
# WooCommerce repeats its ids, which say nothing.
_DELIVERIES = """
SELECT topic, CASE platform WHEN 'shopify' THEN event_id ELSE '' END, body, digest, state FROM webhooks_delivery
WHERE store_id = %s ORDER BY id
"""
COUNTS = "SELECT (SELECT count(*) FROM invoices_invoice), (SELECT count(*) FROM orders_orderdocument)"


def read_all(slugs: list[str], records: list[ShopRecord]) -> tuple[list[Kept], tuple[int, int], dict[str, Any]]:
    """The stores, how many documents there are and how many of them are of orders, and the report of the audit."""
    from django.db import connection

    from invoices.audit import audit

    try:
        with connection.cursor() as cursor:
            cursor.execute(NO_LIMITS)
            kept = [_read_store(cursor, slug, one) for slug, one in zip(slugs, records, strict=True)]
            cursor.execute(COUNTS)
            counts = cursor.fetchone()
        return kept, counts, audit()
    finally:
        connection.close()


def _read_store(cursor: Any, slug: str, record: ShopRecord) -> Kept:
    from integrations.webhooks.sealing import open_sealed
    from stores.queries import read_store

    store = read_store(slug)
    documents: dict[int, list[tuple[Any, ...]]] = {}
    for order_id, *document in _ask(cursor, DOCUMENTS, store.id):
        documents.setdefault(order_id, []).append(tuple(document))
    missing = _missing(store, record)
    orders = [
        KeptOrder(
            external_id=name, state=state, total=total, refunded=refunded, difference=difference,
            documents=tuple(documents.get(pk, ())), missing=missing.get(name, 0),
        )
        for pk, name, state, total, refunded, difference in _ask(cursor, ORDERS, store.id)
    ]  # fmt: skip
    deliveries = [
        (named(topic, event), open_sealed(bytes(body), store_id=store.id, digest=bytes(digest)), state)
        for topic, event, body, digest, state in _ask(cursor, _DELIVERIES, store.id)
    ]
    return Kept(name=slug, orders=orders, deliveries=deliveries)


def _missing(store: Any, record: ShopRecord) -> dict[str, int]:
    """How many documents the pure plan still issues for each order of the shop, given those that it has."""
    from orders.documents import read_issued
    from orders.models import Order
    from orders.plan import plan
    from orders.terms import terms_of
    from stores.rows import rows_of

    pks = dict(rows_of(Order, store.id).values_list("external_id", "pk"))
    issued = read_issued(store, pks.values())
    found = {}
    for order in record.orders:
        name = str(order["id"])
        snapshot = _snapshot(store.platform, order, record.refunds[name])
        found[name] = len(plan(snapshot, issued.get(pks.get(name, 0), []), terms_of(store)).documents)
    return found


def _ask(cursor: Any, question: str, store_id: int) -> list[tuple[Any, ...]]:
    cursor.execute(question, [store_id])
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _snapshot(platform: str, order: Any, refunds: Any) -> Any:
    from integrations.shopify import mapping as shopify
    from integrations.woocommerce import mapping as woocommerce

    if platform == "shopify":
        return shopify.snapshot_of(order["body"], with_customer=False)
    return woocommerce.snapshot_of(order, refunds, is_complete=True)
