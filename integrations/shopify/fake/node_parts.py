"""Values and lines of a fake shop as its GraphQL API has them."""

from __future__ import annotations

from datetime import UTC, datetime

from integrations.shopify.fake.goods import Article
from integrations.shopify.fake.market import Json, Market
from integrations.shopify.fake.orders import FakeLine, FakeShipping, Taxes


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def number_of(global_id: str) -> int:
    """The number of `gid://shopify/Order/1`; 0 for what is not such an id."""
    tail = global_id.rpartition("/")[2].partition("?")[0]
    return int(tail) if tail.isdecimal() else 0


def text(moment: datetime | None) -> str | None:
    """The time as GraphQL has it: in UTC and in whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def tax_nodes(taxes: Taxes, market: Market) -> list[Json]:
    return [
        {
            "title": tax.title, "rate": float(tax.rate), "ratePercentage": float(tax.rate * 100), "channelLiable": False,
            "priceSet": market.bag(amount), "source": "Shopify",
        }
        for tax, amount in taxes
    ]  # fmt: skip


def line_node(line: FakeLine) -> Json:
    article, bag = line.article, line.market.bag
    return {
        "__typename": "LineItem", "id": gid("LineItem", line.id), "title": article.title, "name": article.title,
        "sku": article.sku or None, "vendor": None, "variantTitle": None, "quantity": line.quantity,
        "currentQuantity": line.quantity - line.removed_count, "refundableQuantity": line.quantity - line.removed_count,
        "unfulfilledQuantity": line.quantity, "isGiftCard": article.is_gift_card, "taxable": not article.is_gift_card,
        "requiresShipping": not article.is_gift_card, "customAttributes": [], "duties": [],
        "originalUnitPriceSet": bag(article.price), "originalTotalSet": bag(line.full),
        "discountedUnitPriceSet": bag(article.price), "discountedTotalSet": bag(line.full),
        "totalDiscountSet": bag(line.discount),
        "discountAllocations": [{"allocatedAmountSet": bag(line.discount)}] if line.discount else [],
        "taxLines": tax_nodes(line.taxes, line.market), "product": None if article.is_gone else product_node(article),
        "variant": None if article.is_gone else variant_node(article),
    }  # fmt: skip


def product_node(article: Article) -> Json:
    return {
        "__typename": "Product", "id": gid("Product", article.product_id), "legacyResourceId": str(article.product_id),
        "title": article.title, "productType": article.product_type, "vendor": "",
    }  # fmt: skip


def variant_node(article: Article) -> Json:
    """Without its inventory item, which the shop has."""
    return {
        "__typename": "ProductVariant", "id": gid("ProductVariant", article.variant_id),
        "legacyResourceId": str(article.variant_id), "title": "Default Title", "displayName": article.title,
        "sku": article.sku or None, "price": f"{article.price:.2f}", "product": product_node(article),
    }  # fmt: skip


def shipping_node(shipping: FakeShipping) -> Json:
    price = shipping.market.bag(shipping.price)
    return {
        "__typename": "ShippingLine", "id": gid("ShippingLine", shipping.id), "title": shipping.title,
        "code": shipping.title, "source": "shopify", "isRemoved": False, "originalPriceSet": price,
        "discountedPriceSet": price, "currentDiscountedPriceSet": price, "discountAllocations": [],
        "taxLines": tax_nodes(shipping.taxes, shipping.market),
    }  # fmt: skip
