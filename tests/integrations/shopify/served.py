"""Orders of webhook bodies, as the GraphQL API of a fake shop serves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from integrations.shopify.fake.market import GERMANY
from integrations.shopify.fake.node_parts import gid
from integrations.shopify.fake.orders import FakeOrder
from tests.integrations.shopify.bodies import Body


@dataclass(kw_only=True)
class ServedOrder(FakeOrder):
    """An order of a body, which does not change."""

    body: Body


def served(body: Body) -> ServedOrder:
    created_at, changed_at = (datetime.fromisoformat(body[name]) for name in ("created_at", "updated_at"))
    return ServedOrder(
        id=body["id"],
        number=body["id"],
        market=GERMANY,
        lines=[],
        created_at=created_at,
        changed_at=changed_at,
        body=body,
    )


def served_node(order: FakeOrder) -> Body:
    """What GraphQL shows of an order. Connections are lists here, which the schema pages."""
    assert isinstance(order, ServedOrder)
    body = order.body
    states = {
        "displayFinancialStatus": body["financial_status"].upper(),
        "displayFulfillmentStatus": (body.get("fulfillment_status") or "unfulfilled").upper(),
        "cancelledAt": _text(body.get("cancelled_at")), "test": body["test"],
        "fulfillments": [{"createdAt": _text(each["created_at"])} for each in body.get("fulfillments") or []],
    }  # fmt: skip
    parts = {
        "lineItems": [_line(each) for each in body["line_items"]],
        "shippingLines": [_shipping(each) for each in body.get("shipping_lines") or []],
        "refunds": [_refund(each) for each in body.get("refunds") or []],
    }
    return {"__typename": "Order", "id": gid("Order", body["id"])} | _facts(body) | states | _people(body) | parts


def _facts(body: Body) -> Body:
    return {
        "name": body["name"], "createdAt": _text(body["created_at"]), "updatedAt": _text(body["updated_at"]),
        "processedAt": _text(body["processed_at"]), "currencyCode": body["currency"],
        "presentmentCurrencyCode": body["presentment_currency"], "taxesIncluded": body["taxes_included"],
        "totalPriceSet": _bag(body, "total_price"), "totalTipReceivedSet": _bag(body, "total_tip_received"),
        "originalTotalAdditionalFeesSet": None,
        "totalCashRoundingAdjustment": {"paymentSet": _bag(body, "total_cash_rounding_payment_adjustment")},
    }  # fmt: skip


def _people(body: Body) -> Body:
    customer = body.get("customer")
    return {
        "email": body.get("email"), "taxExempt": bool(body.get("tax_exempt")),
        "customer": customer and {"id": gid("Customer", customer["id"]), "taxExempt": bool(customer.get("tax_exempt"))},
        "billingAddress": _address(body.get("billing_address")), "shippingAddress": _address(body.get("shipping_address")),
        "customAttributes": [{"key": each["name"], "value": each["value"]} for each in body.get("note_attributes") or []],
    }  # fmt: skip


def _address(given: Body | None) -> Body | None:
    if not given:
        return None
    names = {"first_name": "firstName", "last_name": "lastName", "country_code": "countryCodeV2"}
    return {names.get(name, name): value for name, value in given.items()}


def _line(line: Body) -> Body:
    return {
        "__typename": "LineItem", "id": gid("LineItem", line["id"]), "title": line["title"], "name": line["name"],
        "sku": line["sku"], "quantity": line["quantity"], "isGiftCard": line["gift_card"],
        "originalUnitPriceSet": _bag(line, "price"), "discountAllocations": _discounts(line), "taxLines": _taxes(line),
        "duties": [],
    }  # fmt: skip


def _shipping(line: Body) -> Body:
    return {
        "__typename": "ShippingLine", "id": gid("ShippingLine", line["id"]), "title": line["title"],
        "isRemoved": line.get("is_removed", False), "originalPriceSet": _bag(line, "price"),
        "discountedPriceSet": _bag(line, "discounted_price"), "discountAllocations": _discounts(line),
        "taxLines": _taxes(line),
    }  # fmt: skip


def _refund(refund: Body) -> Body:
    return {
        "__typename": "Refund", "id": gid("Refund", refund["id"]), "createdAt": _text(refund["created_at"]),
        "processedAt": _text(refund["processed_at"]), "note": refund["note"], "duties": [], "refundShippingLines": [],
        "refundLineItems": [
            {
                "quantity": each["quantity"], "lineItem": _line(each["line_item"]), "subtotalSet": _bag(each, "subtotal"),
                "totalTaxSet": _bag(each, "total_tax"),
            }
            for each in refund["refund_line_items"]
        ],
        "orderAdjustments": [
            {"amountSet": _bag(each, "amount"), "taxAmountSet": _bag(each, "tax_amount")}
            for each in refund["order_adjustments"]
        ],
        "transactions": [
            {
                "kind": each["kind"].upper(), "status": each["status"].upper(),
                "amountSet": _money(each["amount"], each["currency"]),
            }
            for each in refund["transactions"]
        ],
    }  # fmt: skip


def _discounts(line: Body) -> list[Body]:
    return [{"allocatedAmountSet": _bag(each, "amount")} for each in line["discount_allocations"]]


def _taxes(line: Body) -> list[Body]:
    return [{"rate": each["rate"], "priceSet": _bag(each, "price")} for each in line["tax_lines"]]


def _bag(record: Body, name: str) -> Body:
    """An amount in both currencies under the names of GraphQL."""
    if (both := record.get(f"{name}_set")) is None:
        return _money(record.get(name, "0.00"), "EUR")
    names = {"shopMoney": "shop_money", "presentmentMoney": "presentment_money"}
    return {name: _money(**both[other])[name] for name, other in names.items()}


def _money(amount: Any, currency_code: str) -> Body:
    value = {"amount": str(amount), "currencyCode": currency_code}
    return {"shopMoney": value, "presentmentMoney": value}


def _text(moment: str | None) -> str | None:
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
