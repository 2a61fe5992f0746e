"""Values of shops in the form that snapshots have: exact amounts, and visible texts on one line, not too long."""

from __future__ import annotations

import re
from decimal import Decimal

from invoices import money
from invoices.documents.characters import find_hidden, normalize
from runtime.currencies import MINOR_UNITS

_BAD = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,20})?", re.ASCII)


class NotAnOrder(ValueError):
    """The body is not an order or refund that can be read, for example the error that a shop signs and sends as one."""


def amount(value: object, currency: str) -> Decimal:
    """An amount in the decimals of `currency`, at least two, half up; nothing is 0. Raises `NotAnOrder`."""
    exact = _decimal("0" if value in (None, "") else value)
    decimals = MINOR_UNITS.get(currency, 2)
    return money.quantize(exact) if decimals <= 2 else exact.quantize(Decimal(1).scaleb(-decimals))


def number(value: object) -> Decimal:
    """A quantity or a rate as JSON has it, with six decimals: `1.5`, `0.08875`. Raises `NotAnOrder`."""
    return _decimal(value).quantize(money.RATE_UNIT)


def clean(text: object, length: int = 200) -> str:
    """`text` in NFC on one line, without control and hidden characters, cut to `length` characters."""
    line = " ".join(_BAD.sub("", normalize("" if text is None else str(text))).split())
    while (hidden := find_hidden(line)) is not None:
        line = line.replace(hidden, "")
    return line[:length].strip()


def _decimal(value: object) -> Decimal:
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if not _NUMBER.fullmatch(text):
        raise NotAnOrder(f"{text[:40]!r} is not a number.")
    return Decimal(text)
