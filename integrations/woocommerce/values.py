"""Single values of WooCommerce's JSON: amounts as text, times without a zone, lists of meta data."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from invoices import money
from orders.texts import clean
from runtime.currencies import MINOR_UNITS

Json = Mapping[str, Any]
_AMOUNT = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,20})?", re.ASCII)


class NotAnOrder(ValueError):
    """The body is not an order or refund that can be read, for example the error that a shop signs and sends as one."""


def amount(value: object, currency: str) -> Decimal:
    """An amount in the decimals of `currency`, at least two; nothing is 0. Raises `NotAnOrder`."""
    text = str("0" if value in (None, "") else value)
    if not _AMOUNT.fullmatch(text):
        raise NotAnOrder(f"{text[:40]!r} is not an amount.")
    unit = Decimal(1).scaleb(-max(MINOR_UNITS.get(currency, 2), 2))
    return money.round_to(Decimal(text), unit) if unit == money.CENT else Decimal(text).quantize(unit)


def number(value: object, unit: str = "0.000001") -> Decimal:
    """A quantity or a percentage, as JSON writes it: `1.5`, `8.875`. Raises `NotAnOrder`."""
    text = str(value)
    if not _AMOUNT.fullmatch(text):
        raise NotAnOrder(f"{text[:40]!r} is not a number.")
    return Decimal(text).quantize(Decimal(unit))


def moment(value: object) -> datetime | None:
    """A `_gmt` time, which has no zone of its own; None where there is none."""
    if not value:
        return None
    return datetime.fromisoformat(str(value).removesuffix("Z")).replace(tzinfo=UTC)


def text(value: object, length: int = 200) -> str:
    """A text without the HTML entities that WordPress stores."""
    return clean(html.unescape("" if value is None else str(value)), length)


def meta(record: Json) -> dict[str, Any]:
    """Meta data by key; of several with one key, the last."""
    return {str(each["key"]): each.get("value") for each in record.get("meta_data") or []}
