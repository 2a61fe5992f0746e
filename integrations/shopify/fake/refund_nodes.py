"""Refunds of a fake shop as its GraphQL API has them. Connections are lists here, which the schema pages."""

from __future__ import annotations

from integrations.shopify.fake.market import Json, Market
from integrations.shopify.fake.node_parts import gid, line_node, shipping_node, text
from integrations.shopify.fake.orders import ZERO, FakeOrder, FakeRefund, RefundedLine, total_of


def refund_node(order: FakeOrder, refund: FakeRefund) -> Json:
    at = text(refund.created_at)
    return {
        "__typename": "Refund", "id": gid("Refund", refund.id), "legacyResourceId": str(refund.id), "createdAt": at,
        "updatedAt": at, "processedAt": at, "note": refund.note, "duties": [],
        "totalRefundedSet": order.market.bag(refund.paid or ZERO),
        "refundLineItems": [_line_back(each, refund, order.market) for each in refund.lines],
        "refundShippingLines": _shipping_back(refund, order.market),
        "orderAdjustments": _adjustments(order, refund),
        "transactions": [transaction_node(order, refund)] if refund.paid is not None else [],
    }  # fmt: skip


def transaction_node(order: FakeOrder, refund: FakeRefund | None = None) -> Json:
    """The payment of an order, or that of a refund."""
    amount = order.total if refund is None else refund.paid or ZERO
    at = text(refund.created_at if refund else order.created_at)
    return {
        "__typename": "OrderTransaction", "id": gid("OrderTransaction", refund.id * 10 + 6 if refund else order.id * 10),
        "kind": "REFUND" if refund else "SALE", "status": "SUCCESS", "gateway": order.gateways[0], "test": order.is_test,
        "amountSet": order.market.bag(amount), "createdAt": at, "processedAt": at,
    }  # fmt: skip


def _line_back(back: RefundedLine, refund: FakeRefund, market: Market) -> Json:
    return {
        "id": gid("RefundLineItem", back.id), "lineItem": line_node(back.line), "quantity": back.quantity,
        "restockType": refund.restock_type.upper(), "restocked": refund.restock_type == "return",
        "priceSet": market.bag(back.line.article.price), "subtotalSet": market.bag(back.subtotal),
        "totalTaxSet": market.bag(back.tax),
    }  # fmt: skip


def _shipping_back(refund: FakeRefund, market: Market) -> list[Json]:
    if not (shipping := refund.shipping):
        return []
    return [{
        "__typename": "RefundShippingLine", "id": gid("RefundShippingLine", refund.id * 10 + 8),
        "shippingLine": shipping_node(shipping), "subtotalAmountSet": market.bag(shipping.price),
        "taxAmountSet": market.bag(total_of(shipping.taxes)),
    }]  # fmt: skip


def _adjustments(order: FakeOrder, refund: FakeRefund) -> list[Json]:
    """What was paid besides the lines is below zero."""
    if not refund.discrepancy:
        return []
    return [{
        "__typename": "OrderAdjustment", "id": gid("OrderAdjustment", refund.id * 10 + 7), "reason": "REFUND_DISCREPANCY",
        "amountSet": order.market.bag(-refund.discrepancy), "taxAmountSet": order.market.bag(ZERO),
    }]  # fmt: skip
