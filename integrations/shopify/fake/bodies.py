"""Orders and refunds of a fake shop as its webhooks have them: in the shape of Shopify's REST API."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from integrations.shopify.fake.market import Json, Market
from integrations.shopify.fake.orders import (
    ZERO,
    FakeLine,
    FakeOrder,
    FakeRefund,
    FakeShipping,
    RefundedLine,
    Taxes,
    total_of,
)

_NOTHING = dict.fromkeys((
    "app_id", "browser_ip", "cancel_reason", "cart_token", "checkout_id", "checkout_token", "client_details", "closed_at",
    "current_total_additional_fees_set", "current_total_duties_set", "customer_locale", "device_id", "landing_site",
    "landing_site_ref", "location_id", "merchant_of_record_app_id", "note", "original_total_additional_fees_set",
    "original_total_duties_set", "payment_terms", "phone", "po_number", "reference", "referring_site", "source_identifier",
    "source_url", "user_id",
))  # fmt: skip


def order_body(order: FakeOrder) -> Json:
    """The whole order, with its refunds. The id is first, as in Shopify."""
    return {"id": order.id} | _NOTHING | _facts(order) | _amounts(order) | _people(order) | _parts(order)


def refund_body(order: FakeOrder, refund: FakeRefund) -> Json:
    market, at = order.market, text(refund.created_at, order.market)
    return {
        "id": refund.id, "order_id": order.id, "created_at": at, "processed_at": at, "note": refund.note, "user_id": 1,
        "restock": refund.restock_type == "return", "duties": [], "total_duties_set": market.money(ZERO), "return": None,
        "additional_fees": [], "total_additional_fees_set": market.money(ZERO),
        "admin_graphql_api_id": f"gid://shopify/Refund/{refund.id}",
        "refund_line_items": [_line_back(each, refund, market) for each in refund.lines],
        "refund_shipping_lines": _shipping_back(refund, market), "order_adjustments": _adjustments(order, refund),
        "transactions": _transactions(order, refund),
    }  # fmt: skip


def text(moment: datetime | None, market: Market) -> str | None:
    """The time as Shopify writes it: in whole seconds and in the zone of the shop."""
    zone = timezone(timedelta(hours=market.utc_offset_hours))
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None


def priced(market: Market, **amounts: Decimal) -> Json:
    """Each amount by its name, and in both currencies."""
    found: Json = {}
    for name, amount in amounts.items():
        found |= {name: f"{amount:.2f}", f"{name}_set": market.money(amount)}
    return found


def _facts(order: FakeOrder) -> Json:
    market = order.market
    return {
        "admin_graphql_api_id": f"gid://shopify/Order/{order.id}", "name": f"#{order.number}", "number": order.number,
        "order_number": order.number, "confirmed": True, "confirmation_number": f"C{order.number}",
        "created_at": text(order.created_at, market), "processed_at": text(order.created_at, market),
        "updated_at": text(order.changed_at, market), "cancelled_at": text(order.cancelled_at, market),
        "currency": market.currency, "presentment_currency": market.shown_currency or market.currency,
        "financial_status": order.financial_status, "fulfillment_status": "fulfilled" if order.fulfilled_at else None,
        "taxes_included": market.includes_taxes, "tax_exempt": False, "duties_included": False, "estimated_taxes": False,
        "test": order.is_test, "buyer_accepts_marketing": False, "payment_gateway_names": list(order.gateways),
        "source_name": "web", "tags": "", "token": f"{order.id:032x}", "total_weight": 0,
        "order_status_url": f"https://shop.test/orders/{order.id:032x}/authenticate?key=1",
    }  # fmt: skip


def _amounts(order: FakeOrder) -> Json:
    tax, off = total_of(order.taxes), sum((line.discount for line in order.lines), ZERO)
    amounts = priced(
        order.market,
        total_price=order.total, current_total_price=order.left, subtotal_price=order.subtotal,
        current_subtotal_price=order.current_subtotal, total_tax=tax, current_total_tax=order.current_tax, total_discounts=off,
        current_total_discounts=off, total_line_items_price=order.subtotal + off,
        total_cash_rounding_payment_adjustment=ZERO, total_cash_rounding_refund_adjustment=ZERO,
    )  # fmt: skip
    return amounts | {
        "total_shipping_price_set": order.market.money(order.shipping_price), "total_tip_received": f"{order.tip:.2f}",
        "total_outstanding": f"{ZERO if order.status == 'paid' else order.total:.2f}",
    }  # fmt: skip


def _people(order: FakeOrder) -> Json:
    buyer = order.buyer
    email = buyer.email if buyer else None
    return {
        "email": email, "contact_email": email, "customer": buyer and buyer.customer_body(order.market.currency),
        "billing_address": buyer and buyer.address_body(), "shipping_address": buyer and buyer.address_body(),
        "note_attributes": [{"name": name, "value": value} for name, value in (buyer.notes() if buyer else [])],
    }  # fmt: skip


def _parts(order: FakeOrder) -> Json:
    market, code = order.market, order.discount_code
    off = f"{sum((line.discount for line in order.lines), ZERO):.2f}"
    applied = {"target_type": "line_item", "type": "discount_code", "value": off, "value_type": "fixed_amount"}
    return {
        "tax_lines": tax_lines(order.taxes, market), "line_items": [line_body(each) for each in order.lines],
        "shipping_lines": [shipping_body(order.shipping)] if order.shipping else [],
        "discount_codes": [{"code": code, "amount": off, "type": "fixed_amount"}] if code else [],
        "discount_applications": [applied | {"code": code, "target_selection": "all"}] if code else [],
        "fulfillments": _fulfillments(order), "refunds": [refund_body(order, each) for each in order.refunds],
    }  # fmt: skip


def _fulfillments(order: FakeOrder) -> list[Json]:
    if not order.fulfilled_at:
        return []
    at = text(order.fulfilled_at, order.market)
    return [{
        "id": order.id * 10 + 1, "order_id": order.id, "name": f"#{order.number}.1", "status": "success",
        "created_at": at, "updated_at": at,
    }]  # fmt: skip


def tax_lines(taxes: Taxes, market: Market) -> list[Json]:
    return [
        {"title": tax.title, "rate": float(tax.rate), "channel_liable": False} | priced(market, price=amount)
        for tax, amount in taxes
    ]


def line_body(line: FakeLine) -> Json:
    article, market = line.article, line.market
    allocated = {"discount_application_index": 0} | priced(market, amount=line.discount)
    return {
        "id": line.id, "admin_graphql_api_id": f"gid://shopify/LineItem/{line.id}", "attributed_staffs": [],
        "title": article.title, "name": article.title, "sku": article.sku or None, "vendor": None, "variant_title": None,
        "quantity": line.quantity, "current_quantity": line.quantity - line.removed_count,
        "fulfillable_quantity": line.quantity, "fulfillment_service": "manual", "fulfillment_status": None,
        "gift_card": article.is_gift_card, "grams": 0, "properties": [], "taxable": not article.is_gift_card,
        "requires_shipping": not article.is_gift_card, "product_exists": not article.is_gone,
        "product_id": None if article.is_gone else article.product_id,
        "variant_id": None if article.is_gone else article.variant_id, "variant_inventory_management": "shopify",
        "tax_lines": tax_lines(line.taxes, market), "duties": [],
        "discount_allocations": [allocated] if line.discount else [],
    } | priced(market, price=article.price, total_discount=ZERO)  # fmt: skip


def shipping_body(shipping: FakeShipping) -> Json:
    market = shipping.market
    return {
        "id": shipping.id, "title": shipping.title, "code": shipping.title, "source": "shopify", "is_removed": False,
        "discount_allocations": [], "tax_lines": tax_lines(shipping.taxes, market),
        "current_discounted_price_set": market.money(shipping.price),
    } | priced(market, price=shipping.price, discounted_price=shipping.price)  # fmt: skip


def _line_back(back: RefundedLine, refund: FakeRefund, market: Market) -> Json:
    """Amounts are numbers here, not texts, as in Shopify."""
    return {
        "id": back.id, "quantity": back.quantity, "line_item_id": back.line.id, "location_id": 1,
        "restock_type": refund.restock_type, "subtotal": float(back.subtotal), "total_tax": float(back.tax),
        "subtotal_set": market.money(back.subtotal), "total_tax_set": market.money(back.tax),
        "line_item": line_body(back.line),
    }  # fmt: skip


def _shipping_back(refund: FakeRefund, market: Market) -> list[Json]:
    if not (shipping := refund.shipping):
        return []
    return [{
        "id": refund.id * 10 + 8, "shipping_line_id": shipping.id, "shipping_line": shipping_body(shipping),
        "subtotal_amount_set": market.money(shipping.price), "tax_amount_set": market.money(total_of(shipping.taxes)),
    }]  # fmt: skip


def _adjustments(order: FakeOrder, refund: FakeRefund) -> list[Json]:
    """What was paid besides the lines is below zero."""
    if not refund.discrepancy:
        return []
    amounts = priced(order.market, amount=-refund.discrepancy, tax_amount=ZERO)
    kind = {"kind": "refund_discrepancy", "reason": "Refund discrepancy"}
    return [{"id": refund.id * 10 + 7, "order_id": order.id, "refund_id": refund.id} | kind | amounts]


def _transactions(order: FakeOrder, refund: FakeRefund) -> list[Json]:
    """The money that went back, in the currency of the buyer."""
    if refund.paid is None:
        return []
    market, at = order.market, text(refund.created_at, order.market)
    return [{
        "id": refund.id * 10 + 6, "order_id": order.id, "kind": "refund", "gateway": order.gateways[0],
        "status": "success", "amount": f"{market.shown(refund.paid):.2f}",
        "currency": market.shown_currency or market.currency, "created_at": at, "processed_at": at, "test": order.is_test,
        "parent_id": 1, "payment_details": None, "receipt": {},
    }]  # fmt: skip
