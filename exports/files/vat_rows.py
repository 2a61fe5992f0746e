"""The rows of an accountant: one for each VAT rate and category of a document, with the buyer's country, credits negative.

The columns are those of the import format `invoices-csv`, so that the file can be imported again with the same amounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf, TruncDate

from exports.files import sums
from exports.files.rows import CHUNK, snapshot
from exports.files.style import Safe
from exports.files.sums import Group
from invoices import money
from invoices.documents.amounts import is_within_bound
from invoices.documents.types import Kind, VatGroup
from invoices.einvoice.texts import percent, plain
from invoices.models import Invoice
from runtime.currencies import unit_of

NAMES = (
    "number", "invoice_number", "kind", "invoice_date", "due_date", "corrects", "reason", "currency", "seller_name",
    "seller_country", "seller_vat_id", "buyer_name", "buyer_country", "buyer_vat_id", "external_id", "prepaid_amount",
    "rounding_amount", "accept", "description", "quantity", "unit_price", "vat_rate", "vat_category",
    "exemption_reason", "net_amount", "vat_amount", "total_amount",
)  # fmt: skip
_OWN = ("invoice_number", "kind", "currency", "seller_name", "buyer_name", "vat_rate", "subtotal", "vat_amount")
_OF_A_PARTY = ("country", "vat_id")
_PRICE_UNIT = Decimal("0.000001")
# The VAT of a group is at most 1.00 away from net x rate, which 200 roundings of half a cent allow.
MOST_PIECES = 250
Row = list[Any]


def read_vat_rows(chosen: QuerySet[Invoice], zone: str) -> Iterator[tuple[int, list[Row]]]:
    """The values of `NAMES`, chunk by chunk, with the number of documents in the chunk."""
    with snapshot():
        documents: Iterator[Any] = chosen.order_by("pk").values(**_columns(zone)).iterator(chunk_size=CHUNK)
        while chunk := list(islice(documents, CHUNK)):
            groups = sums.read_groups([one["key"] for one in chunk if one["key"] is not None])
            yield len(chunk), [row for one in chunk for row in _rows(one, groups[one["key"]] or [_only_group(one)])]


def _columns(zone: str) -> dict[str, Any]:
    day_there = TruncDate("invoice_date", tzinfo=ZoneInfo(zone))
    corrected = "document__corrects__"
    return {
        "key": F("document__invoice_id"),
        "number": _printed("printed_number", "invoice_number"),
        "corrects": _printed(f"{corrected}printed_number", f"{corrected}invoice_number"),
        "day": Coalesce(F("document__day"), day_there),
        "seller": F("document__seller"),
        "buyer": F("document__buyer"),
        "accepted": F("document__accepted"),
        **{name: F(f"document__{name}") for name in ("due_date", "reason", "external_id")},
        **{f"{name}_given": F(f"document__{name}_amount") for name in ("prepaid", "rounding")},
        **{f"of_{name}": F(name) for name in _OWN},
    }


def _printed(printed: str, number: str) -> Coalesce:
    return Coalesce(NullIf(F(printed), Value("")), F(number))


def _rows(one: dict[str, Any], groups: list[Group]) -> Iterator[Row]:
    currency, sign = one["of_currency"], -1 if one["of_kind"] == Kind.CREDIT_NOTE else 1
    head = [
        one["number"], one["of_invoice_number"], Safe(one["of_kind"]), one["day"], one["due_date"],
        one["corrects"], one["reason"], Safe(currency), *_party(one, "seller"), *_party(one, "buyer"),
        one["external_id"], *(_money(one[f"{name}_given"] or Decimal(0), currency) for name in ("prepaid", "rounding")),
        Safe(" ".join(one["accepted"] or ())),
    ]  # fmt: skip
    for group in groups:
        quantity, price = _times(group, currency)
        amounts = (group["net"], group["vat"], group["net"] + group["vat"])
        yield [
            *head, Safe(f"VAT {percent(group['rate'])} %"), Safe(sign * quantity), Safe(plain(price)),
            Safe(plain(group["rate"])), Safe(group["category"]), group["reason"],
            *(_money(sign * amount, currency) for amount in amounts),
        ]  # fmt: skip


def _party(one: dict[str, Any], role: str) -> list[str]:
    snapshot_of = one[role] or {}
    return [one[f"of_{role}_name"], *(str(snapshot_of.get(name) or "") for name in _OF_A_PARTY)]


def _only_group(one: dict[str, Any]) -> Group:
    return sums.only_group(one["of_vat_rate"], one["of_subtotal"], one["of_vat_amount"])


def _times(group: Group, currency: str) -> tuple[int, Decimal]:
    """A quantity and a unit price whose product is the net.

    VAT may differ from net x rate by what the pieces of the sale were rounded: so there are as many as its VAT needs.
    """
    net, unit = group["net"], unit_of(currency)
    sign = -1 if net < 0 else 1
    pieces, price = 1, abs(net)
    while pieces < MOST_PIECES and not _is_same(group, pieces, price, unit):
        pieces += 1
        price = (abs(net) / pieces).quantize(_PRICE_UNIT, rounding=ROUND_HALF_UP)
    return sign * pieces, price


def _is_same(group: Group, pieces: int, price: Decimal, unit: Decimal) -> bool:
    """Whether an import of `pieces` at `price` has the net and the VAT of the group."""
    given = VatGroup(
        rate=group["rate"], category=group["category"], net=group["net"], vat=group["vat"], roundings=pieces
    )
    return money.round_to(pieces * price, unit) == abs(group["net"]) and is_within_bound(given, unit)


def _money(value: Decimal, currency: str) -> Safe:
    return Safe(money.printed(value, currency))
