"""Webhook bodies with the orders of their shop, and what each order must lead to: made ones, and captured ones where
`SHOP_PAYLOADS` names a folder of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.integrations.payloads import CAPTURED, Document, Payloads
from tests.integrations.shopify.bodies import (
    AMOUNT_BACK,
    INVOICED,
    MUG_BACK,
    NOT_INVOICED,
    TWO_RATES,
    Body,
)
from tests.integrations.shopify.served import ServedOrder, served

# Of the topics that lead to no order.
OTHERS: tuple[tuple[str, Body], ...] = (
    ("inventory_levels/update", {"inventory_item_id": 1, "location_id": 2, "available": None, "updated_at": None}),
    ("carts/create", {"id": "eeafa272", "token": "eeafa272", "line_items": []}),
    ("customers/redact", {"shop_domain": "example.myshopify.com", "customer": {"id": 7001}}),
    ("orders/delete", {"id": 34}),
    ("orders/create", {"errors": "Not Found"}),
)
BACK_DOCUMENTS: tuple[Document, ...] = (
    ("refund:3001", (("0.19", "7.55", "1.44"),)),
    ("refund:3002", (("0.07", "0.63", "0.04"), ("0.19", "1.12", "0.21"))),
)
TOPICS = {
    "carts_create": "carts/create", "customers_redact": "customers/redact", "shop_redact": "shop/redact",
    "inventory_levels_update": "inventory_levels/update", "refund_one_mug_restocked": "refunds/create",
    "refund_amount_only": "refunds/create",
}  # fmt: skip


def made(*names: str) -> Payloads[ServedOrder]:
    """One order of each case, or of these; the order with two rates is refunded twice after its first webhooks."""
    given = {name: (body, "invoiced") for name, (body, _) in INVOICED.items()} | NOT_INVOICED
    cases = {name: given[name] for name in names or given if given[name][0] is not TWO_RATES}
    numbers = {name: number for number, name in enumerate(cases, 100)}
    orders = [body | {"id": numbers[name], "name": f"#{numbers[name]}"} for name, (body, _) in cases.items()]
    refunded = _refunded(TWO_RATES, MUG_BACK, AMOUNT_BACK)
    backs = [{"id": each["id"], "order_id": TWO_RATES["id"]} for each in (MUG_BACK, AMOUNT_BACK)]
    sent = [
        *(("orders/create", order) for order in [*orders, TWO_RATES]), ("orders/updated", orders[0]),
        ("orders/updated", TWO_RATES), ("orders/updated", refunded), *(("refunds/create", each) for each in backs), *OTHERS,
    ]  # fmt: skip
    documents = {
        str(number): [(f"order:{number}", tuple(INVOICED[name][1]))]
        for name, number in numbers.items()
        if name in INVOICED
    }
    return Payloads(
        webhooks=[(topic, json.dumps(body).replace("/", "\\/").encode()) for topic, body in sent],
        orders=[served(each) for each in [*orders, refunded]],
        outcomes={str(numbers[name]): outcome.removesuffix(":None") for name, (_, outcome) in cases.items()}
        | {"2002": "invoiced"},
        documents=documents | {"2002": [("order:2002", tuple(INVOICED[_TWO_RATES][1])), *BACK_DOCUMENTS]},
    )


_TWO_RATES = "two-rates-discounts-and-shipping"


def captured(folder: Path = Path(CAPTURED)) -> Payloads[ServedOrder]:
    """Those of the folder; its samples have no time of a change that fits, and are read by the mapping alone."""
    expected = json.loads((folder / "expected.json").read_text())
    mine = {name: each for name, each in sorted(expected.items()) if name.startswith("shopify_made")}
    bodies = {path.stem: path.read_bytes() for path in sorted((folder / "shopify_made").glob("*.body"))}
    # Of several webhooks of an order, the last one is what the shop has; an amount was refunded after it.
    present = {each["order"]: json.loads(bodies[Path(name).name]) for name, each in mine.items()}
    present[2002] = _refunded(present[2002], *_refunds(bodies))
    documents = {
        str(each["order"]): [(f"order:{each['order']}", _groups(each))]
        for each in mine.values()
        if each["outcome"] == "invoiced"
    }
    documents["2002"] += BACK_DOCUMENTS
    return Payloads(
        webhooks=[(TOPICS.get(name, "orders/updated"), body) for name, body in bodies.items()],
        orders=[served(each) for each in present.values()],
        outcomes={str(each["order"]): each["outcome"] for each in mine.values()},
        documents=documents,
    )


def _refunds(bodies: dict[str, bytes]) -> list[Body]:
    return [json.loads(bodies[name]) for name in ("refund_one_mug_restocked", "refund_amount_only")]


def _refunded(body: Body, *refunds: Body) -> Body:
    changed = {"financial_status": "partially_refunded", "updated_at": "2026-11-29T16:00:00+01:00"}
    return body | changed | {"refunds": list(refunds)}


def _groups(expected: Any) -> tuple[tuple[str, str, str], ...]:
    groups: Sequence[Any] = expected["groups"]
    return tuple(sorted((one["rate"], one["net"], one["vat"]) for one in groups))
