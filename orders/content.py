"""The content of an order that its invoice shows, as one digest: the invoice is replaced when the digest changes.

Statuses, times, e-mail and telephone are not part of it. Arithmetic only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from decimal import Decimal

from invoices.documents.types import Party
from orders.snapshot import OrderLine, OrderSnapshot

# A new version would replace all invoices: add fields only where they are not empty.
VERSION = 1


def digest_of(order: OrderSnapshot, deducted: Collection[str] = ()) -> str:
    """SHA-256 of the content, in any order of its lines. `deducted` are the refunds that the invoice has taken off."""
    content = [
        *(VERSION, order.currency, _buyer(order.buyer), sorted(map(_line, order.lines))),
        *(sorted([_plain(each.rate), _plain(each.amount)] for each in order.vat if each.amount), sorted(deducted)),
        _plain(order.rounding),
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _buyer(buyer: Party) -> list[str]:
    address = (buyer.street, buyer.street2, buyer.postcode, buyer.city, buyer.region, buyer.country)
    return [buyer.name, *address, buyer.vat_id]


def _line(line: OrderLine) -> list[str]:
    numbers = map(_plain, (line.quantity, line.net, line.vat_rate))
    return [line.kind, line.description, line.product_code, *numbers, line.vat_category]


def _plain(number: Decimal) -> str:
    return f"{(number + 0).normalize():f}"
