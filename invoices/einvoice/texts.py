"""How numbers and texts are written in e-invoices."""

from __future__ import annotations

import re
from decimal import Decimal

# All that XML 1.0 cannot hold, not even escaped.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text without what XML cannot hold."""
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def percent(rate: Decimal) -> str:
    return plain(rate * 100)


def plain(number: Decimal) -> str:
    """Without an exponent or needless zeros."""
    return f"{number.normalize():f}" if number else "0"
