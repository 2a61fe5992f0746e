"""Bodies of the webhooks of a fake shop that are no orders: carts, edits, the shop itself, and privacy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from integrations.shopify.fake.bodies import text
from integrations.shopify.fake.goods import Article
from integrations.shopify.fake.market import Json
from integrations.shopify.fake.node_parts import gid
from integrations.shopify.fake.orders import FakeOrder
from integrations.shopify.fake.people import Buyer
from integrations.shopify.fake.state import ShopState

SHOP_ID = 954889


def cart_body(token: str, article: Article, at: datetime) -> Json:
    line = {
        "id": article.variant_id, "quantity": 1, "title": article.title, "price": f"{article.price:.2f}",
        "line_price": f"{article.price:.2f}", "variant_id": article.variant_id, "product_id": article.product_id,
        "sku": article.sku, "gift_card": article.is_gift_card,
    }  # fmt: skip
    when = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {"id": token, "token": token, "line_items": [line], "note": None, "updated_at": when, "created_at": when}


def edit_body(order: FakeOrder, line_items: Json, edit_id: int) -> Json:
    """Of `orders/edited`: what was changed, and not the order."""
    at = text(order.edited_at, order.market)
    return {
        "order_edit": {
            "id": edit_id, "order_id": order.id, "app_id": None, "user_id": 1, "created_at": at, "committed_at": at,
            "notify_customer": False, "reason": "", "staff_note": "", "line_items": line_items,
            "shipping_lines": {"additions": [], "removals": []},
        }
    }  # fmt: skip


def shop_body(shop: ShopState) -> Json:
    market = shop.market
    return {
        "id": SHOP_ID, "name": shop.name, "email": "owner@example.com", "domain": shop.domain,
        "myshopify_domain": shop.domain, "currency": market.currency, "country_code": market.country,
        "iana_timezone": market.timezone, "taxes_included": market.includes_taxes, "plan_name": "basic",
    }  # fmt: skip


def shop_node(shop: ShopState) -> Json:
    market = shop.market
    return {
        "__typename": "Shop", "id": gid("Shop", SHOP_ID), "name": shop.name, "email": "owner@example.com",
        "contactEmail": "owner@example.com", "myshopifyDomain": shop.domain, "url": f"https://{shop.domain}",
        "currencyCode": market.currency, "ianaTimezone": market.timezone, "taxesIncluded": market.includes_taxes,
        "taxShipping": market.includes_taxes, "createdAt": "2026-01-01T00:00:00Z",
        "plan": {"publicDisplayName": "Basic", "partnerDevelopment": False, "shopifyPlus": False},
        "primaryDomain": {"__typename": "Domain", "id": gid("Domain", 1), "host": shop.domain, "url": shop.url},
        "shopAddress": {"__typename": "ShopAddress", "id": gid("ShopAddress", 1), "countryCodeV2": market.country},
        "enabledPresentmentCurrencies": list(filter(None, (market.currency, market.shown_currency))),
    }  # fmt: skip


def privacy_body(topic: str, shop: ShopState, buyer: Buyer, orders: Sequence[int]) -> Json:
    found: Json = {"shop_id": SHOP_ID, "shop_domain": shop.domain}
    if topic == "shop/redact":
        return found
    found["customer"] = {"id": buyer.id, "email": buyer.email, "phone": None}
    if topic == "customers/redact":
        return found | {"orders_to_redact": list(orders)}
    return found | {"orders_requested": list(orders), "data_request": {"id": 9999}}
