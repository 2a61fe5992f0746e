"""Orders of a fake shop as its GraphQL API has them. Connections are lists here, which the schema pages."""

from __future__ import annotations

from integrations.shopify.fake.market import Json
from integrations.shopify.fake.node_parts import gid, line_node, shipping_node, tax_nodes, text
from integrations.shopify.fake.orders import ZERO, FakeOrder, total_of
from integrations.shopify.fake.refund_nodes import refund_node, transaction_node


def order_node(order: FakeOrder) -> Json:
    """The whole order, with its refunds."""
    return _facts(order) | _states(order) | _amounts(order) | _people(order) | _parts(order)


def _facts(order: FakeOrder) -> Json:
    market = order.market
    return {
        "__typename": "Order", "id": gid("Order", order.id), "legacyResourceId": str(order.id), "name": f"#{order.number}",
        "number": order.number, "phone": None, "note": None, "tags": [], "poNumber": None, "sourceName": "web",
        "test": order.is_test, "confirmed": True, "confirmationNumber": f"C{order.number}",
        "createdAt": text(order.created_at), "updatedAt": text(order.changed_at), "processedAt": text(order.created_at),
        "currencyCode": market.currency, "presentmentCurrencyCode": market.shown_currency or market.currency,
        "taxesIncluded": market.includes_taxes, "taxExempt": False, "dutiesIncluded": False, "estimatedTaxes": False,
        "paymentGatewayNames": list(order.gateways), "discountCode": order.discount_code or None,
        "discountCodes": [order.discount_code] if order.discount_code else [],
    }  # fmt: skip


def _states(order: FakeOrder) -> Json:
    return {
        "edited": order.edited_at is not None, "cancelledAt": text(order.cancelled_at), "closedAt": None,
        "cancelReason": "CUSTOMER" if order.cancelled_at else None,
        "displayFinancialStatus": order.financial_status.upper(),
        "displayFulfillmentStatus": "FULFILLED" if order.fulfilled_at else "UNFULFILLED",
    }  # fmt: skip


def _amounts(order: FakeOrder) -> Json:
    bag = order.market.bag
    none, total, tax = bag(ZERO), bag(order.total), bag(total_of(order.taxes))
    off = bag(sum((line.discount for line in order.lines), ZERO))
    received = order.total if order.status == "paid" else ZERO
    return {
        "totalPriceSet": total, "originalTotalPriceSet": total, "currentTotalPriceSet": bag(order.left),
        "subtotalPriceSet": bag(order.subtotal), "currentSubtotalPriceSet": bag(order.current_subtotal),
        "totalTaxSet": tax, "currentTotalTaxSet": bag(order.current_tax), "totalDiscountsSet": off,
        "currentTotalDiscountsSet": off, "totalShippingPriceSet": bag(order.shipping_price),
        "totalTipReceivedSet": bag(order.tip), "totalRefundedSet": bag(order.refunded), "totalRefundedShippingSet": none,
        "totalReceivedSet": bag(received), "totalOutstandingSet": bag(order.total - received),
        "netPaymentSet": bag(received - order.refunded), "originalTotalDutiesSet": None, "currentTotalDutiesSet": None,
        "originalTotalAdditionalFeesSet": None, "currentTotalAdditionalFeesSet": None,
        "totalCashRoundingAdjustment": {"paymentSet": none, "refundSet": none}, "additionalFees": [],
        "taxLines": tax_nodes(order.taxes, order.market), "currentTaxLines": tax_nodes(order.taxes, order.market),
    }  # fmt: skip


def _people(order: FakeOrder) -> Json:
    buyer = order.buyer
    address = buyer.address_node() if buyer else None
    return {
        "email": buyer.email if buyer else None, "customer": buyer and buyer.customer_node(), "billingAddress": address,
        "shippingAddress": address, "purchasingEntity": buyer and buyer.customer_node(),
        "customAttributes": [{"key": key, "value": value} for key, value in (buyer.notes() if buyer else [])],
    }  # fmt: skip


def _parts(order: FakeOrder) -> Json:
    sent = text(order.fulfilled_at)
    fulfillment = {
        "__typename": "Fulfillment", "id": gid("Fulfillment", order.id * 10 + 1), "status": "SUCCESS", "createdAt": sent,
        "legacyResourceId": str(order.id * 10 + 1), "name": f"#{order.number}.1", "updatedAt": sent,
    }  # fmt: skip
    return {
        "lineItems": [line_node(line) for line in order.lines],
        "shippingLines": [shipping_node(order.shipping)] if order.shipping else [],
        "refunds": [refund_node(order, refund) for refund in order.refunds],
        "fulfillments": [fulfillment] if sent else [],
        "transactions": [transaction_node(order)] if order.status == "paid" else [],
    }
