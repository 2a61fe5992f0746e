"""An order of the GraphQL Admin API in the form of a webhook's body, so that both lead to the same snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from integrations.shopify.values import Json

_FULFILLMENTS = {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial", "RESTOCKED": "restocked"}


def number_of(global_id: object) -> int:
    """The number in `gid://shopify/Order/1`; raises `ValueError` for any other text."""
    return int(str(global_id).rpartition("/")[2].partition("?")[0])


def order_of(node: Json) -> dict[str, Any]:
    """The order as a webhook has it. Raises `KeyError`, `TypeError` and `ValueError` for what is not an order."""
    return {
        "id": number_of(node["id"]),
        "name": node.get("name"),
        "currency": node["currencyCode"],
        "presentment_currency": node.get("presentmentCurrencyCode"),
        "taxes_included": node.get("taxesIncluded"),
        "tax_exempt": node.get("taxExempt"),
        "test": node.get("test"),
        "financial_status": str(node.get("displayFinancialStatus") or "").lower(),
        "fulfillment_status": _FULFILLMENTS.get(str(node.get("displayFulfillmentStatus"))),
        "cancelled_at": node.get("cancelledAt"),
        "created_at": node["createdAt"],
        "processed_at": node.get("processedAt"),
        "updated_at": node["updatedAt"],
        "total_price_set": _money(node["totalPriceSet"]),
        "total_tip_received": _shop_money(node.get("totalTipReceivedSet")).get("amount"),
        "original_total_additional_fees_set": _money(node.get("originalTotalAdditionalFeesSet")),
        "total_cash_rounding_payment_adjustment_set": _money((node.get("totalCashRoundingAdjustment") or {}).get("paymentSet")),
        "fulfillments": [{"created_at": each.get("createdAt")} for each in node.get("fulfillments") or []],
        "line_items": [_line(each) for each in nodes_of(node["lineItems"])],
        "shipping_lines": [_shipping(each) for each in nodes_of(node.get("shippingLines"))],
        "refunds": [_refund(each) for each in node.get("refunds") or []],
        **_people(node),
    }  # fmt: skip


def nodes_of(connection: Any) -> list[Json]:
    """The nodes of a connection. What a bulk operation has put together is a plain list."""
    if isinstance(connection, list):
        return connection
    found = connection or {}
    return found["nodes"] if "nodes" in found else [edge["node"] for edge in found.get("edges") or []]


def unfinished(node: Json) -> Iterator[tuple[dict[str, Any], str]]:
    """The order and its refunds, each with the name of its connection of lines, where that has further pages."""
    for record, name in ((node, "lineItems"), *((refund, "refundLineItems") for refund in node.get("refunds") or [])):
        page = (record.get(name) or {}).get("pageInfo") or {}
        if page.get("hasNextPage"):
            yield record, name


def _people(node: Json) -> dict[str, Any]:
    customer = node.get("customer") or {}
    return {
        "email": node.get("email"),
        "billing_address": _address(node.get("billingAddress")),
        "shipping_address": _address(node.get("shippingAddress")),
        "customer": customer and {
            "id": number_of(customer["id"]), "first_name": customer.get("firstName"), "last_name": customer.get("lastName"),
            "tax_exempt": customer.get("taxExempt"), "default_address": _address(customer.get("defaultAddress")),
        },
        "note_attributes": [
            {"name": each.get("key"), "value": each.get("value")} for each in node.get("customAttributes") or []
        ],
    }  # fmt: skip


def _address(node: Any) -> dict[str, Any] | None:
    if not node:
        return None
    same = ("company", "address1", "address2", "city", "zip", "province")
    renamed = {"first_name": "firstName", "last_name": "lastName", "name": "name", "country_code": "countryCodeV2"}
    return {name: node.get(name) for name in same} | {name: node.get(other) for name, other in renamed.items()}


def _line(node: Json) -> dict[str, Any]:
    return {
        "id": number_of(node["id"]), "title": node.get("title"), "name": node.get("name"), "sku": node.get("sku"),
        "quantity": node["quantity"], "gift_card": node.get("isGiftCard"), "price_set": _money(node["originalUnitPriceSet"]),
        "discount_allocations": _discounts(node), "tax_lines": _taxes(node),
        "duties": [
            {"price_set": _money(each.get("price")), "tax_lines": _taxes(each)} for each in node.get("duties") or []
        ],
    }  # fmt: skip


def _shipping(node: Json) -> dict[str, Any]:
    return {
        "id": number_of(node["id"]) if node.get("id") else None, "title": node.get("title"),
        "price_set": _money(node["originalPriceSet"]), "is_removed": node.get("isRemoved"),
        "discount_allocations": _discounts(node), "tax_lines": _taxes(node),
    } | ({"discounted_price_set": _money(node["discountedPriceSet"])} if node.get("discountedPriceSet") else {})  # fmt: skip


def _refund(node: Json) -> dict[str, Any]:
    return {
        "id": number_of(node["id"]), "created_at": node.get("createdAt"), "processed_at": node.get("processedAt"),
        "note": node.get("note"), "total_duties_set": _sum_of_duties(node),
        "refund_line_items": [_line_back(each) for each in nodes_of(node.get("refundLineItems"))],
        "refund_shipping_lines": [_shipping_back(each) for each in nodes_of(node.get("refundShippingLines"))],
        "order_adjustments": [
            {
                "kind": "refund_discrepancy", "amount_set": _money(each["amountSet"]),
                "tax_amount_set": _money(each["taxAmountSet"]),
            }
            for each in nodes_of(node.get("orderAdjustments"))
        ],
        "transactions": [_transaction(each) for each in nodes_of(node.get("transactions"))],
    }  # fmt: skip


def _line_back(node: Json) -> dict[str, Any]:
    return {
        "quantity": node["quantity"], "line_item": _line(node["lineItem"]), "subtotal_set": _money(node["subtotalSet"]),
        "total_tax_set": _money(node["totalTaxSet"]),
    }  # fmt: skip


def _shipping_back(node: Json) -> dict[str, Any]:
    return {
        "shipping_line": _shipping(node["shippingLine"]), "subtotal_amount_set": _money(node["subtotalAmountSet"]),
        "tax_amount_set": _money(node["taxAmountSet"]),
    }  # fmt: skip


def _transaction(node: Json) -> dict[str, Any]:
    """Webhooks have the amount in the money of the buyer."""
    paid = (node.get("amountSet") or {}).get("presentmentMoney") or {}
    return {
        "kind": str(node.get("kind") or "").lower(), "status": str(node.get("status") or "").lower(),
        "amount": paid.get("amount"), "currency": paid.get("currencyCode"),
    }  # fmt: skip


def _sum_of_duties(node: Json) -> dict[str, Any] | None:
    duties = [
        Decimal(str(_shop_money(each.get("amountSet")).get("amount") or "0")) for each in node.get("duties") or []
    ]
    return {"shop_money": {"amount": str(sum(duties))}} if duties else None


def _discounts(node: Json) -> list[dict[str, Any]]:
    return [{"amount_set": _money(each["allocatedAmountSet"])} for each in node.get("discountAllocations") or []]


def _taxes(node: Json) -> list[dict[str, Any]]:
    return [
        {"rate": each.get("rate") or 0, "price_set": _money(each["priceSet"])} for each in node.get("taxLines") or []
    ]


def _money(bag: Any) -> dict[str, Any] | None:
    """A bag of both currencies under the names of webhooks."""
    if not bag:
        return None
    names = (("shop_money", "shopMoney"), ("presentment_money", "presentmentMoney"))
    return {name: {"amount": bag[other].get("amount")} for name, other in names if bag.get(other)}


def _shop_money(bag: Any) -> Json:
    return ((bag or {}).get("shopMoney")) or {}
