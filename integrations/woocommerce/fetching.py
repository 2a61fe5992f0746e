"""Asks a shop for an order with its refunds, as it is now."""

from __future__ import annotations

from integrations.syncing.errors import NotThere
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.mapping import snapshot_of
from integrations.woocommerce.values import Json
from orders.reading import NotAnOrder
from orders.snapshot import OrderSnapshot

REFUNDS_PER_PAGE = 100


def fetch_order(client: ShopClient, order_id: str) -> OrderSnapshot | None:
    """The order; None where the shop has none. Raises `ShopError` and `NotAnOrder`."""
    try:
        order = client.get(f"/orders/{order_id}")
    except NotThere:
        return None
    return complete(client, order)


def complete(client: ShopClient, order: Json) -> OrderSnapshot:
    """The snapshot of an order that the shop just sent, with the lines of its refunds."""
    if not isinstance(order, dict) or not order.get("refunds"):
        return snapshot_of(order)
    return snapshot_of(order, _refunds(client, str(order["id"])), is_complete=True)


def _refunds(client: ShopClient, order_id: str) -> list[Json]:
    found: list[Json] = []
    page = 1
    while True:
        try:
            more = client.get(f"/orders/{order_id}/refunds", per_page=REFUNDS_PER_PAGE, page=page)
        except NotThere:
            return found
        if not isinstance(more, list):
            raise NotAnOrder("The shop sent no list of refunds.")
        found += more
        if len(more) < REFUNDS_PER_PAGE:
            return found
        page += 1
