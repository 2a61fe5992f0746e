"""What a fake shop sells."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from integrations.shopify.fake.market import REDUCED, STANDARD, UNTAXED


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """`price` is that on the shelf. `is_gone`: the product was deleted, so that orders name none."""

    number: int
    title: str
    sku: str
    price: Decimal
    tax_class: str = STANDARD
    product_type: str = ""
    is_gift_card: bool = False
    is_gone: bool = False

    @property
    def product_id(self) -> int:
        return 800000 + self.number

    @property
    def variant_id(self) -> int:
        return 900000 + self.number

    @property
    def inventory_item_id(self) -> int:
        return 700000 + self.number


@dataclass(frozen=True, slots=True)
class Item:
    """`discount` is taken off all pieces together."""

    article: Article
    quantity: int = 1
    discount: Decimal = Decimal(0)


MUG = Article(number=1, title="Mug", sku="MUG", price=Decimal("9.99"), product_type="Kitchen")
BOOK = Article(number=2, title="Book", sku="BOOK", price=Decimal("12.90"), tax_class=REDUCED, product_type="Books")
SPOON = Article(number=3, title="Spoon & fork", sku="SPOON", price=Decimal("4.50"), product_type="Kitchen")
PENNY = Article(number=4, title="Screw", sku="SCREW", price=Decimal("0.33"))
POSTER = Article(number=5, title="Poster", sku="POSTER", price=Decimal("7.50"), is_gone=True)
GIFT_CARD = Article(
    number=6, title="Gift card", sku="", price=Decimal("50.00"), tax_class=UNTAXED, is_gift_card=True
)  # fmt: skip
ARTICLES = (MUG, BOOK, SPOON, PENNY, POSTER, GIFT_CARD)
# What the shop counts in its stock.
STOCKED = (MUG, BOOK, SPOON, PENNY)
