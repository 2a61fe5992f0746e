"""The VAT groups, allowances and charges of each row of a file, with exact decimals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from invoices import money, serialize
from invoices.documents.types import default_category
from invoices.models import VatGroup

NAMES = ("vat_groups", "allowances", "charges")

Row = tuple[Any, ...]
Group = dict[str, Any]


def add_sums(rows: Sequence[Row]) -> list[Row]:
    """The rows of `exports.files.rows`, with `NAMES` in the place of their keys.

    The last five values of a row are the key of the document (None for a generated invoice), its adjustments, and rate,
    subtotal and VAT of the invoice.
    """
    groups = read_groups([key for *_, key, _, _, _, _ in rows if key is not None])
    found = []
    for *values, key, adjustments, rate, subtotal, vat in rows:
        of_row = groups[key] if key is not None else [only_group(rate, subtotal, vat)]
        signed = [_adjustment(each) for each in adjustments or ()]
        allowances = [each | {"amount": -each["amount"]} for each in signed if each["amount"] < 0]
        charges = [each for each in signed if each["amount"] > 0]
        found.append((*values, of_row, allowances, charges))
    return found


def only_group(rate: Decimal | None, subtotal: Decimal, vat: Decimal) -> Group:
    """The group of an invoice without groups of its own."""
    return _group(rate or Decimal(0), "", subtotal, vat, "")


def to_json(several: Sequence[Group]) -> list[dict[str, str]]:
    """Rates and amounts as text, as the API writes them."""
    return [{name: _text(name, value) for name, value in each.items()} for each in several]


def _text(name: str, value: Any) -> str:
    if name in ("rate", "vat_rate"):
        return serialize.rate(value) or ""
    return money.text(value) if isinstance(value, Decimal) else value


def read_groups(keys: Sequence[int]) -> defaultdict[int, list[Group]]:
    """The VAT groups of documents, the lowest rate first."""
    found: defaultdict[int, list[Group]] = defaultdict(list)
    rows = VatGroup.objects.filter(invoice_id__in=keys).order_by("invoice_id", "rate", "category")
    for key, rate, category, net, vat, reason in rows.values_list(
        "invoice_id", "rate", "category", "net", "vat", "reason"
    ):
        found[key].append(_group(rate, category, net, vat, reason))
    return found


def _group(rate: Decimal, category: str, net: Decimal, vat: Decimal, reason: str) -> Group:
    return {"rate": rate, "category": category or default_category(rate), "net": net, "vat": vat, "reason": reason}


def _adjustment(each: dict[str, str]) -> Group:
    """An allowance, still below zero, or a charge."""
    return each | {"amount": Decimal(each["amount"]), "vat_rate": Decimal(each["vat_rate"])}
