"""What a store of the model contains at the end, for the checker of the set `intake`."""

from __future__ import annotations

from integrations.woocommerce.mapping import snapshot_of
from orders.plan import plan
from orders.terms import terms_of
from stores.queries import StoreFacts
from tests.system.chaos.intake.checker import Kept, KeptOrder
from tests.system.chaos.intake.model.database import Database, OrderRow
from tests.system.chaos.intake.record import ShopRecord


def read_kept(database: Database, store: StoreFacts, record: ShopRecord) -> Kept:
    """The orders and deliveries of a store, with the documents that the plan still wants for each order of its shop."""
    orders = {name: row for (store_id, name), row in database.orders.items() if store_id == store.id}
    snapshots = {
        str(order["id"]): snapshot_of(order, record.refunds[str(order["id"])], is_complete=True)
        for order in record.orders
    }
    missing = {
        name: len(plan(snapshot, orders[name].issued, terms_of(store)).documents)
        for name, snapshot in snapshots.items()
        if name in orders
    }
    rows = [row for row in database.deliveries.values() if row.incoming.store_id == store.id]
    return Kept(
        name=store.slug,
        orders=[_kept_order(name, row, missing.get(name, 0)) for name, row in orders.items()],
        deliveries=[(row.incoming.topic, row.incoming.body, row.state) for row in rows],
    )


def _kept_order(name: str, row: OrderRow, missing: int) -> KeptOrder:
    snapshot = row.snapshot
    return KeptOrder(
        external_id=name, state=snapshot.state, total=snapshot.total, refunded=snapshot.refunded,
        difference=row.made.account.difference, missing=missing,
        documents=tuple((str(one.kind), one.external_id, one.total) for one in row.issued),
    )  # fmt: skip
