"""Orders of a store for its pages and its API: newest first, with their accounts, documents and lines."""

from __future__ import annotations

import base64
import binascii
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from orders.models import Order, OrderDocument
from orders.presenting import Line, present_order
from stores.queries import StoreFacts
from stores.rows import rows_of


class UnknownOrder(LookupError):
    """The store has no such order."""


class BadCursor(ValueError):
    """No page of orders has ended there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which orders: `state` is a state of the order or of its invoice, `text` an id or the beginning of a number."""

    state: str = ""
    text: str = ""


def read_page(
    store: StoreFacts, wanted: Wanted, *, cursor: str | None = None, limit: int = 50
) -> tuple[list[dict[str, Any]], str | None]:
    """The newest orders below `cursor` as the API shows them, and the cursor of the next page. Raises `BadCursor`."""
    rows = _select(store, wanted).order_by("-placed_at", "-id")
    if cursor:
        placed_at, last_id = _read_cursor(cursor)
        rows = rows.filter(Q(placed_at__lt=placed_at) | Q(placed_at=placed_at, id__lt=last_id))
    found = list(rows[: limit + 1])
    following = _write_cursor(found[limit - 1]) if len(found) > limit else None
    return present_all(store, found[:limit]), following


def read_one(store: StoreFacts, external_id: str) -> dict[str, Any]:
    """The order as the API shows it; raises `UnknownOrder`."""
    found = rows_of(Order, store.id).filter(external_id=external_id).first()
    if found is None:
        raise UnknownOrder(f"The store has no order {external_id[:60]!r}: use the id that the shop gave it.")
    return present_all(store, [found])[0]


def read_last_recorded(store: StoreFacts, limit: int) -> list[dict[str, Any]]:
    """The orders of the store that changed last, the newest change first."""
    return present_all(store, list(rows_of(Order, store.id).order_by("-recorded_at", "-id")[:limit]))


def _select(store: StoreFacts, wanted: Wanted) -> QuerySet[Order]:
    rows = rows_of(Order, store.id)
    if wanted.state:
        rows = rows.filter(Q(state=wanted.state) | Q(invoice_state=wanted.state))
    if wanted.text:
        rows = rows.filter(Q(external_id=wanted.text) | Q(number__istartswith=wanted.text))
    return rows


def present_all(store: StoreFacts, orders: Sequence[Order]) -> list[dict[str, Any]]:
    """Orders as the API shows them."""
    documents = _read_documents(store, orders)
    return [present_order(order, documents[order.pk]) for order in orders]


def _read_documents(store: StoreFacts, orders: Sequence[Order]) -> defaultdict[int, list[Line]]:
    rows = rows_of(OrderDocument, store.id).filter(order__in=[order.pk for order in orders]).order_by("pk")
    found: defaultdict[int, list[Line]] = defaultdict(list)
    names = ("invoice__kind", "invoice__invoice_number", "invoice__total_amount")
    for order_id, kind, number, total in rows.values_list("order_id", *names):
        found[order_id].append({"kind": kind, "invoice_number": number, "total_amount": f"{total:.2f}"})
    return found


def _write_cursor(order: Order) -> str:
    text = json.dumps([order.placed_at.isoformat(), order.pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        placed_at, last_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        found = datetime.fromisoformat(placed_at)
        if found.tzinfo is None or not isinstance(last_id, int) or not 0 < last_id < 2**63:
            raise ValueError
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise BadCursor("it is not the `next` of a page of orders") from None
    return found, last_id
