"""Reads orders of a shop: which changed, one with all its lines and refunds, and the ids of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from integrations.shopify.client import GraphClient
from integrations.shopify.documents import CHANGED_ORDERS, MORE, ORDER_IDS, order
from integrations.shopify.mapping import snapshot_of, state_of
from integrations.shopify.nodes import number_of, order_of, unfinished
from integrations.shopify.values import Json, moment
from integrations.syncing.errors import ShopBusy
from integrations.syncing.shop import Listed, Page
from orders.queries import KnownOrder
from orders.reading import NotAnOrder, amount
from orders.snapshot import OrderSnapshot
from runtime.clock import read_clock


def changed_orders(client: GraphClient, since: datetime) -> Iterator[Page]:
    """Pages of the orders that changed since then, oldest change first. Raises `ShopError`.

    A page begins behind the last order of the one before it: an order that changes meanwhile moves to the end, and is read
    there. The bodies have what shows whether an order is known.
    """
    asked_at = read_clock()
    for page in client.pages(CHANGED_ORDERS, "orders", query=f"updated_at:>='{text_of(since)}'"):
        listed = [
            Listed(external_id=str(number_of(node["id"])), changed_at=_moment(node, "updatedAt"), body=node)
            for node in page["nodes"]
        ]
        yield Page(listed, asked_at)
        asked_at = read_clock()


def is_known(listed: Listed, known: KnownOrder | None) -> bool:
    """Whether the state of the order is the one that was recorded. Several changes may have the same second."""
    if known is None or not known.rest:
        return False
    node, rest = listed.body, known.rest
    status = {
        "cancelled_at": node["cancelledAt"], "financial_status": str(node["displayFinancialStatus"] or "").lower(),
        "fulfillment_status": "fulfilled" if node["displayFulfillmentStatus"] == "FULFILLED" else None,
    }  # fmt: skip
    total = amount(node["totalPriceSet"]["shopMoney"]["amount"], str(rest["currency"]))
    return (
        datetime.fromisoformat(str(rest["updated_at"])) == listed.changed_at
        and known.refund_ids == {str(number_of(each["id"])) for each in node["refunds"]}
        and (state_of(status), total, False) == (rest["state"], Decimal(str(rest["total"])), rest["is_trashed"])
    )


def fetch_order(client: GraphClient, external_id: str, *, with_customer: bool) -> OrderSnapshot | None:
    """The order; None where the shop has none. Raises `ShopError` and `NotAnOrder`."""
    node = client.ask(order(with_customer=with_customer), id=f"gid://shopify/Order/{external_id}")["order"]
    if node is None:
        return None
    for record, name in list(unfinished(node)):
        _complete(client, record, name)
    return snapshot_of_node(node)


def snapshot_of_node(node: Json) -> OrderSnapshot:
    """The snapshot of an order of GraphQL; raises `NotAnOrder`."""
    try:
        return snapshot_of(order_of(node))
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise error if isinstance(error, NotAnOrder) else NotAnOrder(f"The order cannot be read: {error!r}.") from error


def read_ids(client: GraphClient, after: datetime) -> dict[str, datetime]:
    """The ids of the orders that were placed since then, with their times. Raises `ShopError`."""
    return {
        str(number_of(node["id"])): _moment(node, "createdAt")
        for page in client.pages(ORDER_IDS, "orders", query=f"created_at:>='{text_of(after)}'")
        for node in page["nodes"]
    }


def text_of(at: datetime) -> str:
    """A time as the search of orders takes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _complete(client: GraphClient, record: dict[str, Any], name: str) -> None:
    """Add the further lines of an order or refund to its first ones."""
    lines = record[name]
    page: Mapping[str, Any] = lines
    while page["pageInfo"]["hasNextPage"]:
        found = client.ask(MORE[name], id=record["id"], after=page["pageInfo"]["endCursor"])["node"]
        if found is None:
            raise ShopBusy("The order was deleted while it was read.")
        page = found[name]
        lines["nodes"] += page["nodes"]


def _moment(node: Json, name: str) -> datetime:
    found = moment(node.get(name))
    if found is None:
        raise ShopBusy(f"The shop sent an order without {name}.")
    return found
