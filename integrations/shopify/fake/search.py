"""The `query` argument of orders: `updated_at:>=2026-11-30T10:00:00Z AND test:false`. All terms must hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt
from typing import Any

from integrations.shopify.fake.orders import FakeOrder

_TERM = re.compile(r"""(\w+):(>=|<=|>|<|=)?("[^"]*"|'[^']*'|\S+)""")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"": eq, "=": eq, ">": gt, ">=": ge, "<": lt, "<=": le}


class UnknownFilter(Exception):
    """The fake shop cannot answer this filter. Shopify would ignore an unknown one, which hides mistakes."""


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_FIELDS: dict[str, tuple[Callable[[FakeOrder], Any], Callable[[str], Any]]] = {
    "id": (lambda order: order.id, int),
    "name": (lambda order: f"#{order.number}", str),
    "created_at": (lambda order: order.created_at, _moment),
    "processed_at": (lambda order: order.created_at, _moment),
    "updated_at": (lambda order: order.changed_at, _moment),
    "financial_status": (lambda order: order.financial_status, str),
    "test": (lambda order: order.is_test, lambda text: text == "true"),
    "status": (lambda order: "any", str),
}


def matching(orders: Iterable[FakeOrder], query: str | None) -> list[FakeOrder]:
    """The orders that `query` finds; raises `UnknownFilter`."""
    tests = _tests(query or "")
    return [order for order in orders if all(test(order) for test in tests)]


def _tests(query: str) -> list[Callable[[FakeOrder], bool]]:
    if rest := _TERM.sub("", query).replace("AND", "").strip(" ()"):
        raise UnknownFilter(f"The filter '{rest}' is not supported.")
    return [_test(*found) for found in _TERM.findall(query)]


def _test(name: str, operator: str, value: str) -> Callable[[FakeOrder], bool]:
    if name not in _FIELDS:
        raise UnknownFilter(f"The filter '{name}' is not supported.")
    read, parse = _FIELDS[name]
    wanted, compare = parse(value.strip("'\"")), _COMPARE[operator]
    return lambda order: compare(read(order), wanted)
