"""A fake shop: its orders and what happens to them. Each change has the webhooks that WooCommerce sends for it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from integrations.fakes.clock import Clock, real_clock
from integrations.fakes.faults import Faults
from integrations.fakes.sending import Send, send_by_http
from integrations.woocommerce.fake.goods import ARTICLES, MUG, Article, Item, Json
from integrations.woocommerce.fake.hooks import Hooks
from integrations.woocommerce.fake.orders import FakeOrder, FakeRefund

KEY, SECRET = "ck_" + "3" * 40, "cs_" + "9" * 40
FIRST_STOCK = 1000
GONE = {"code": "woocommerce_rest_shop_order_invalid_id", "message": "Invalid ID.", "data": {"status": 404}}


class FakeShop:
    """One shop. `has_hpos`: without it, a trashed order also sends `product.deleted` with its id. `has_permalinks`: without
    them, there is no REST API. `is_approving`: whether its owner approves a key exchange.

    `url` is its own address, which OAuth signs. All public methods may be called from any thread.
    """

    def __init__(
        self, *, url: str = "http://shop.test", clock: Clock = real_clock, send: Send = send_by_http,
        faults: Faults | None = None, has_hpos: bool = True, can_write: bool = True,
    ) -> None:  # fmt: skip
        self.url, self.clock, self.has_hpos, self.can_write = url, clock, has_hpos, can_write
        self.has_permalinks = self.is_approving = True
        self.keys = {KEY: SECRET}
        self.faults = faults or Faults()
        self.orders: dict[int, FakeOrder] = {}
        self.hooks = Hooks(clock, send, self.body_of, self.faults)
        self.lock = threading.RLock()
        self._last_id = 17
        self.articles = list(ARTICLES)
        self.stock = {article.sku: FIRST_STOCK for article in ARTICLES}

    def place(self, *items: Item, has_shipping: bool = False, is_paid: bool = True) -> FakeOrder:
        """A new order; of one mug without `items`."""
        with self.lock:
            now = self._now()
            order = FakeOrder(
                id=self.next_id(),
                items=items or (Item(MUG),),
                created_at=now,
                changed_at=now,
                has_shipping=has_shipping,
            )
            self.orders[order.id] = order
            for item in order.items:
                self.stock[item.article.sku] -= item.quantity
            if is_paid:
                order.status, order.paid_at = "processing", now
            self.hooks.note("order.created", order.id)
            # The same body a second time, under another topic.
            self.hooks.note("order.updated", order.id)
            return order

    def set_stock(self, article: Article, count: int) -> None:
        """A user of the shop corrects the stock. Sales send no webhook of it here, to keep what tests count simple."""
        with self.lock:
            self.stock[article.sku] = count
            self.hooks.note("product.updated", article.product_id)

    def pay(self, order: FakeOrder) -> None:
        with self.lock:
            order.status, order.paid_at = "processing", self._now()
            self._changed(order)

    def complete(self, order: FakeOrder) -> None:
        with self.lock:
            order.status, order.completed_at = "completed", self._now()
            self._changed(order)

    def cancel(self, order: FakeOrder) -> None:
        with self.lock:
            order.status = "cancelled"
            self._changed(order)

    def edit(self, order: FakeOrder, *items: Item) -> None:
        with self.lock:
            order.items = items
            order.edit_count += 1
            self._changed(order)

    def refund(self, order: FakeOrder, *items: Item, amount: Decimal | None = None) -> FakeRefund:
        """Refund items, or an amount without lines, or all that is left where neither is given."""
        with self.lock:
            gross = sum((item.gross for item in items), Decimal(0))
            made = FakeRefund(
                id=self.next_id(), amount=amount or gross or order.left, created_at=self._now(), items=tuple(items)
            )
            order.refunds.append(made)
            if not order.left:
                order.status = "refunded"
            self._changed(order)
            return made

    def trash(self, order: FakeOrder) -> None:
        with self.lock:
            order.status_before, order.status, order.changed_at = order.status, "trash", self._now()
            if not self.has_hpos:
                self.hooks.note("product.deleted", order.id)
            self.hooks.note("order.deleted", order.id)

    def restore(self, order: FakeOrder) -> None:
        with self.lock:
            order.status, order.changed_at = order.status_before or "pending", self._now()
            self.hooks.note("order.restored", order.id)

    def delete(self, order: FakeOrder) -> None:
        """Delete for good. No webhook says so; one that waits for the order has an error as its body."""
        with self.lock:
            del self.orders[order.id]

    def body_of(self, resource: str, resource_id: int) -> Json:
        with self.lock:
            if resource == "product":
                return self._product_of(resource_id)
            order = self.orders.get(resource_id)
            return order.as_json() if resource == "order" and order else dict(GONE)

    def product_of(self, article: Article) -> Json:
        """The product as the REST API and webhooks have it."""
        category = article.category or "Uncategorized"
        return {
            "id": article.product_id, "name": article.name, "sku": article.sku, "type": "simple", "manage_stock": True,
            "stock_quantity": self.stock[article.sku], "stock_status": "instock", "low_stock_amount": None,
            "categories": [{"id": 15, "name": category, "slug": article.category or "uncategorized"}],
        }  # fmt: skip

    def _product_of(self, product_id: int) -> Json:
        found = next((each for each in self.articles if each.product_id == product_id), None)
        return self.product_of(found) if found else dict(GONE)

    def deliver(self) -> int:
        """Send the webhooks that are due."""
        return self.hooks.deliver()

    def changed_after(self, after: datetime | None, statuses: Sequence[str] = ()) -> list[FakeOrder]:
        """The orders that changed later than `after`, of these statuses, or all that are not in the trash."""
        with self.lock:
            return [
                order
                for order in self.orders.values()
                if (after is None or order.changed_at > after)
                and (order.status in statuses if statuses else order.status != "trash")
            ]

    def _changed(self, order: FakeOrder) -> None:
        order.changed_at = self._now()
        self.hooks.note("order.updated", order.id)

    def _now(self) -> datetime:
        return self.clock().replace(microsecond=0)

    def next_id(self) -> int:
        """An id that no order and no refund has."""
        self._last_id += 1
        return self._last_id
