"""The sums of a store's orders by currency and state, kept with the orders, so that no page adds up all orders.

A change of orders moves the sums in its own transaction, as the last of its locks (docs/locks.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import TypeAlias

from django.db import connection

from orders.models import AMOUNTS, Order, OrderTotal

# (currency, invoice state), and the count with the amounts of an order.
Key: TypeAlias = tuple[str, str]
Part: TypeAlias = tuple[Key, tuple[Decimal, ...]]
_TABLE = OrderTotal._meta.db_table
_COLUMNS = ("orders", *AMOUNTS)
_ADD = f"""
INSERT INTO {_TABLE} AS t (store_id, currency, invoice_state, {", ".join(_COLUMNS)})
SELECT %(store)s, * FROM unnest(
    %(currency)s::text[], %(invoice_state)s::text[], {", ".join(f"%({name})s::numeric[]" for name in _COLUMNS)}
) AS given(currency, invoice_state, {", ".join(_COLUMNS)}) ORDER BY currency, invoice_state
ON CONFLICT (store_id, currency, invoice_state) DO UPDATE SET
    {", ".join(f"{name} = t.{name} + excluded.{name}" for name in _COLUMNS)}
"""


def part_of(order: Order) -> Part:
    """What the order is of the sums. A row that was made for a report that follows is none yet."""
    amounts = tuple(Decimal(getattr(order, name)) for name in AMOUNTS)
    return (order.currency, order.invoice_state), (Decimal(1), *amounts)


def parts_of(orders: Iterable[Order]) -> list[Part]:
    """The parts of the orders that a report was recorded for."""
    return [part_of(order) for order in orders if order.content]


def move(store_id: int, before: Iterable[Part], after: Iterable[Part]) -> None:
    """Take the parts `before` out of the sums of the store, and put `after` in."""
    changes: defaultdict[Key, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * len(_COLUMNS))
    for sign, parts in ((-1, before), (1, after)):
        for key, amounts in parts:
            changes[key] = [held + sign * amount for held, amount in zip(changes[key], amounts, strict=True)]
    changed = {key: amounts for key, amounts in changes.items() if any(amounts)}
    if changed:
        _add(store_id, changed)


def _add(store_id: int, changes: dict[Key, list[Decimal]]) -> None:
    columns = dict(zip(_COLUMNS, map(list, zip(*changes.values(), strict=True)), strict=True))
    keys = {"currency": [currency for currency, _ in changes], "invoice_state": [state for _, state in changes]}
    with connection.cursor() as cursor:
        cursor.execute(_ADD, {"store": store_id, **keys, **columns})
