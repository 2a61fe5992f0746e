"""Webhook bodies with the orders of their shop as it serves them, and what each order must lead to: made ones, and
captured ones where `SHOP_PAYLOADS` names a folder of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from integrations.woocommerce.fake.shop import GONE
from integrations.woocommerce.values import moment
from tests.integrations.payloads import CAPTURED, Document, Payloads
from tests.integrations.woocommerce import bodies
from tests.integrations.woocommerce.bodies import INVOICED, MUGS, NOT_INVOICED, Body, named

BACK = (
    bodies.refund(27, "9.99", [bodies.item("-8.39", (1, "-1.60"))], [bodies.tax_line(1, "-1.60")]),
    bodies.refund(28, "2.00"),
)
BACK_DOCUMENTS: tuple[Document, ...] = (
    ("refund:27", (("0.19", "8.39", "1.60"),)),
    ("refund:28", (("0.19", "1.68", "0.32"),)),
)


@dataclass(frozen=True, kw_only=True)
class ServedRefund:
    body: Body

    def as_json(self) -> Body:
        return self.body


@dataclass(frozen=True, kw_only=True)
class ServedOrder:
    """An order of a body, as the fake shop serves it."""

    body: Body
    refunds: tuple[ServedRefund, ...] = ()

    @property
    def id(self) -> int:
        return int(self.body["id"])

    @property
    def status(self) -> str:
        return str(self.body["status"])

    @property
    def created_at(self) -> datetime:
        return _at(self.body["date_created_gmt"])

    @property
    def changed_at(self) -> datetime:
        return _at(self.body["date_modified_gmt"])

    def as_json(self) -> Body:
        return self.body


def made(*names: str) -> Payloads[ServedOrder]:
    """One order of each case, or of these; one more is refunded twice after its first webhooks; and webhooks of no order."""
    given = {name: (body, "invoiced") for name, (body, _) in INVOICED.items()} | NOT_INVOICED
    # A shop lists no order of its trash.
    cases = {name: given[name] for name in names or given if name != "trash"}
    numbers = {name: str(number) for number, name in enumerate(cases, 100)}
    orders = [body | {"id": int(numbers[name]), "number": numbers[name]} for name, (body, _) in cases.items()]
    refunded = MUGS | {"refunds": [named(each) for each in reversed(BACK)], "date_modified_gmt": "2026-11-30T02:09:00"}
    sent = [
        *(("order.created", order) for order in [*orders, MUGS]), ("order.updated", orders[0]), ("order.updated", MUGS),
        ("order.updated", refunded), ("order.deleted", {"id": 34}), ("product.deleted", {"id": 100}), ("order.created", GONE),
    ]  # fmt: skip
    documents = {
        number: [(f"order:{number}", tuple(INVOICED[name][1]))] for name, number in numbers.items() if name in INVOICED
    }
    return Payloads(
        webhooks=[(topic, json.dumps(body).replace("/", "\\/").encode()) for topic, body in sent],
        orders=[*(ServedOrder(body=body) for body in orders), _served(refunded, BACK)],
        outcomes={numbers[name]: outcome.removesuffix(":None") for name, (_, outcome) in cases.items()}
        | {"18": "invoiced"},
        documents=documents | {"18": [("order:18", (("0.19", "30.08", "5.72"),)), *BACK_DOCUMENTS]},
    )


def captured(folder: Path = Path(CAPTURED)) -> Payloads[ServedOrder]:
    """Those of a real shop."""
    given = json.loads((folder / "expected.json").read_text())
    expected = {name: each for name, each in sorted(given.items()) if name.startswith("woo_webhooks")}
    refunds = json.loads((folder / "woo_rest" / "rest_refunds_order_two.json").read_text())["body"]
    # Of several webhooks of an order, the last one is what the shop has.
    present = {each["order"]: json.loads((folder / f"{name}.body").read_text()) for name, each in expected.items()}
    documents = {
        str(each["order"]): [(f"order:{each['order']}", _groups(each))]
        for each in expected.values()
        if each["outcome"] == "invoiced"
    }
    documents["18"] += BACK_DOCUMENTS
    # The shop's answer with the lines of this refund was not captured, so only its amount is known.
    documents["38"].append(("refund:44", (("0.08875", "47.23", "4.19"),)))
    headers = [path for path in sorted(folder.glob("woo_webhooks/[0-9]*.headers.json")) if "_ping." not in path.name]
    return Payloads(
        webhooks=[_read(path) for path in headers],
        orders=[_served(body, refunds if order == 18 else []) for order, body in present.items()],
        outcomes={str(each["order"]): each["outcome"] for each in expected.values()},
        documents=documents,
    )


def _served(body: Body, refunds: Sequence[Body]) -> ServedOrder:
    return ServedOrder(body=body, refunds=tuple(ServedRefund(body=each) for each in refunds))


def _groups(expected: Any) -> tuple[tuple[str, str, str], ...]:
    return tuple(sorted((one["rate"], one["net"], one["vat"]) for one in expected["groups"]))


def _read(path: Path) -> tuple[str, bytes]:
    headers = {name.lower(): value for name, value in json.loads(path.read_text()).items()}
    return headers["x-wc-webhook-topic"], path.with_name(path.name.replace(".headers.json", ".body")).read_bytes()


def _at(text: str) -> datetime:
    found = moment(text)
    assert found is not None
    return found
