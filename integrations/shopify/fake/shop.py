"""A fake shop of Shopify: its orders and what happens to them. Each change has the webhooks that Shopify sends for it."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from decimal import Decimal

from integrations.shopify.fake.bodies import order_body, refund_body
from integrations.shopify.fake.bulk import BulkOperations
from integrations.shopify.fake.goods import MUG, STOCKED, Article, Item
from integrations.shopify.fake.market import Json
from integrations.shopify.fake.orders import ZERO, FakeLine, FakeOrder, FakeRefund, FakeShipping
from integrations.shopify.fake.people import ERIKA, Buyer
from integrations.shopify.fake.refunding import make_refund
from integrations.shopify.fake.shop_bodies import cart_body, edit_body, privacy_body, shop_body
from integrations.shopify.fake.state import ShopState

SHIPPING_PRICE = Decimal("4.90")


class FakeShopify(ShopState):
    """One shop. All public methods may be called from any thread."""

    def begin(self) -> None:
        self.bulk = BulkOperations(self)

    def place(
        self, *items: Item, has_shipping: bool = False, is_paid: bool = True, status: str = "", tip: Decimal = ZERO,
        buyer: Buyer | None = ERIKA, discount_code: str = "", is_test: bool = False,
    ) -> FakeOrder:  # fmt: skip
        """A new order; of one mug without `items`. `status`: another one of its payment."""
        with self.lock:
            now, order_id = self.now(), self.next_id()
            order = FakeOrder(
                id=order_id, number=order_id, market=self.market, lines=[self._line(each) for each in items or (Item(MUG),)],
                created_at=now, changed_at=now, buyer=buyer, tip=tip, discount_code=discount_code, is_test=is_test,
                status=status or ("paid" if is_paid else "pending"),
            )  # fmt: skip
            if has_shipping:
                order.shipping = FakeShipping(
                    id=self.next_id(), title="DHL", price=SHIPPING_PRICE, market=self.market
                )  # fmt: skip
            self.orders[order.id] = order
            self._note(order, "orders/create")
            return order

    def pay(self, order: FakeOrder) -> None:
        with self.lock:
            order.status = "paid"
            self._changed(order, "orders/paid")

    def fulfil(self, order: FakeOrder) -> None:
        with self.lock:
            order.fulfilled_at = self.now()
            self._changed(order, "orders/fulfilled")

    def cancel(self, order: FakeOrder) -> None:
        """Cancel an order: an unpaid one is voided, a paid one stays paid until it is refunded."""
        with self.lock:
            order.cancelled_at = self.now()
            order.status = order.status if order.status == "paid" else "voided"
            self._changed(order, "orders/cancelled")

    def add(self, order: FakeOrder, *items: Item) -> None:
        """Edit the order: more items."""
        with self.lock:
            added = [self._line(each) for each in items]
            order.lines += added
            self._edited(order, additions=[{"id": line.id, "delta": line.quantity} for line in added], removals=[])

    def remove(self, order: FakeOrder, line: FakeLine, count: int = 1) -> FakeRefund:
        """Edit the order: take pieces out. Shopify keeps them as a refund without a payment."""
        with self.lock:
            refund = self._refund(order, [(line, count)], is_edit=True)
            self._edited(order, additions=[], removals=[{"id": line.id, "delta": count}])
            return refund

    def refund(
        self, order: FakeOrder, *parts: tuple[FakeLine, int], with_shipping: bool = False, amount: Decimal | None = None
    ) -> FakeRefund:  # fmt: skip
        """Refund pieces of lines, an amount without lines, or all that is left where nothing is given."""
        with self.lock:
            if not parts and amount is None and not with_shipping:
                parts, with_shipping, amount = order.remaining_parts, order.has_shipping_left, order.left
            refund = self._refund(order, parts, with_shipping=with_shipping, amount=amount)
            event_id = str(uuid.uuid4())
            self.hooks.note("refunds/create", refund_body(order, refund), event_id=event_id)
            self._changed(order, event_id=event_id)
            return refund

    def delete(self, order: FakeOrder) -> None:
        with self.lock:
            del self.orders[order.id]
            self.hooks.note("orders/delete", {"id": order.id})

    def deliver(self) -> int:
        """Send the webhooks that are due, also those of bulk operations that have ended."""
        self.bulk.move()
        return self.hooks.deliver()

    def set_stock(self, article: Article, available: int | None) -> None:
        """Count an article again; None: the shop no longer counts it."""
        with self.lock:
            self.stock.set(article, available, self.now())
            self.hooks.note("inventory_levels/update", self.stock.body(article))

    def fill_cart(self, article: Article = MUG) -> None:
        """A buyer puts an article into a new cart."""
        with self.lock:
            self.hooks.note("carts/create", cart_body(secrets.token_hex(16), article, self.now()))

    def rename(self, name: str) -> None:
        with self.lock:
            self.name = name
            self.hooks.note("shop/update", shop_body(self))

    def uninstall(self) -> None:
        """The owner removes the app: its tokens end at once, and its subscriptions with them."""
        with self.lock:
            self.hooks.note("app/uninstalled", shop_body(self))
            self.grant.uninstall()
            self.hooks.all.clear()

    def ask_privacy(self, topic: str, buyer: Buyer = ERIKA) -> None:
        """One of the compliance topics."""
        with self.lock:
            orders = [order.id for order in self.orders.values() if order.buyer == buyer]
            self.hooks.note(topic, privacy_body(topic, self, buyer, orders))

    def _refund(
        self, order: FakeOrder, parts: Sequence[tuple[FakeLine, int]], *, with_shipping: bool = False,
        amount: Decimal | None = None, is_edit: bool = False,
    ) -> FakeRefund:  # fmt: skip
        refund = make_refund(
            order, parts, refund_id=self.next_id(), at=self.now(), with_shipping=with_shipping, amount=amount, is_edit=is_edit
        )  # fmt: skip
        order.refunds.append(refund)
        return refund

    def _line(self, item: Item) -> FakeLine:
        if item.article in STOCKED:
            self.stock.take(item.article, item.quantity, self.now())
            self.hooks.note("inventory_levels/update", self.stock.body(item.article))
        return FakeLine(
            id=self.next_id(), article=item.article, quantity=item.quantity, discount=item.discount, market=self.market
        )  # fmt: skip

    def _changed(self, order: FakeOrder, topic: str = "", *, event_id: str = "") -> None:
        order.changed_at = self.now()
        self._note(order, topic, event_id=event_id)

    def _note(self, order: FakeOrder, topic: str, *, event_id: str = "") -> None:
        """Send the order under `topic`, and under `orders/updated`: two webhooks of one event, in no certain order."""
        event_id, body = event_id or str(uuid.uuid4()), order_body(order)
        for each in filter(None, (topic, "orders/updated")):
            self.hooks.note(each, body, event_id=event_id)

    def _edited(self, order: FakeOrder, **line_items: list[Json]) -> None:
        event_id, order.edited_at = str(uuid.uuid4()), self.now()
        order.edit_count += 1
        self.hooks.note("orders/edited", edit_body(order, line_items, self.next_id()), event_id=event_id)
        self._changed(order, event_id=event_id)
