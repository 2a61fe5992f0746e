"""Records the product of a webhook with its stock, as it was at the delivery. Variations are read with all stock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from commerce.products import record_products
from commerce.stock import record_levels
from integrations.webhooks.states import State
from integrations.webhooks.types import Handled
from integrations.woocommerce.stock import article_of, level_of
from stores.queries import StoreFacts


def handle_product(store: StoreFacts, body: Any, received_at: datetime) -> Handled:
    """Record the product. The body may be an error that the shop signed, or a product that has no stock of its own."""
    if not isinstance(body, dict) or not isinstance(body.get("id"), int) or "stock_status" not in body:
        return _done("The body names no product.")
    if body.get("type") != "simple":
        return _done("A webhook has the stock of simple products only; that of others is read with all stock.")
    level = level_of(body)
    record_products(store.id, [article_of(body, [level])], keep_categories=True)
    record_levels(store, [level], read_at=received_at)
    return _done("The product and its stock were noted.")


def _done(message: str) -> Handled:
    return Handled(state=State.DONE, message=message)
