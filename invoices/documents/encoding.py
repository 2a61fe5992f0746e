"""Documents as the rows of four COPYs, in PostgreSQL's text format: the invoice, what it says beyond it, VAT groups, lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from invoices.documents.amounts import Amounts
from invoices.documents.chain import Entry, Sealed
from invoices.documents.details import (
    PERSONAL,
    adjustments_json,
    details_json,
    line_allowances_json,
    parties_json,
    party_json,
)
from invoices.documents.types import Document, Line, Party, VatGroup
from invoices.encoding import NULL, copy_text, time_text
from invoices.models import Series
from runtime.currencies import MINOR_UNITS

INVOICE_COLUMNS = (
    "series_id", "ordinal", "invoice_number", "invoice_date", "seller_name", "buyer_name", "currency", "vat_rate",
    "subtotal", "vat_amount", "total_amount", "kind", "printed_number", "has_document",
)  # fmt: skip
DOCUMENT_COLUMNS = (
    "invoice_id", "seller", "buyer", "due_date", "source", "external_id", "corrects_id", "reason", "note", "day",
    "prepaid_amount", "rounding_amount", "adjustments", "details", "accepted",
)  # fmt: skip
GROUP_COLUMNS = ("invoice_id", "rate", "category", "net", "vat", "roundings", "decimals", "reason")
LINE_COLUMNS = (
    "invoice_id", "position", "description", "product_code", "quantity", "unit_price", "vat_rate", "net",
    "vat_category", "exemption_reason", "allowance_amount", "allowances",
)  # fmt: skip
_PLAIN_LINE = f"{NULL}\t{NULL}\t{NULL}\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbered:
    """A document with net prices that has its place in a series: what all its rows are made of."""

    ordinal: int
    number: str
    printed_number: str
    day: date
    document: Document
    amounts: Amounts
    sealed: Sealed


def number_of(series: Series, ordinal: int, document: Document) -> str:
    """The number that `document` gets: one of the series' own, or the source's behind the prefix."""
    return series.number(ordinal) if document.number is None else f"{series.prefix}-{document.number}"


def numbered(series: Series, ordinal: int, document: Document, amounts: Amounts) -> Numbered:
    """`document` as number `ordinal` of `series`, with what the chain vouches for."""
    number, day = number_of(series, ordinal, document), series.day_of(document.issued_at)
    printed = series.printed_number(ordinal, day, document.number)
    return Numbered(
        ordinal=ordinal,
        number=number,
        printed_number=printed,
        day=day,
        document=document,
        amounts=amounts,
        sealed=seal(number, printed, day, document, amounts),
    )


def seal(number: str, printed_number: str, day: date, document: Document, amounts: Amounts) -> Sealed:
    """The content that the hash chain protects. Fields that may name the buyer are hashed together with the buyer."""
    details = details_json(document) or {}
    personal = {name: details.pop(name) for name in PERSONAL if name in details}
    entry = Entry(
        number=number,
        printed_number=printed_number,
        kind=document.kind,
        issued_at=document.issued_at,
        day=day,
        currency=document.currency,
        vat_rate=amounts.vat_rate,
        subtotal=amounts.subtotal,
        vat_amount=amounts.vat_amount,
        total_amount=amounts.total_amount,
        due_date=document.due_date,
        source=document.source,
        external_id=document.external_id,
        corrects=document.corrects,
        lines=document.lines,
        nets=amounts.nets,
        vat_groups=amounts.groups,
        prepaid_amount=document.prepaid_amount,
        rounding_amount=document.rounding_amount,
        adjustments=adjustments_json(document) or (),
        details=details,
        accepted=document.accepted,
    )
    # Documents without further terms are the most, and have the same parties again and again.
    parties = parties_json(document) if document.terms else (_of_party(document.seller), _of_party(document.buyer))
    return Sealed(
        entry=entry,
        seller=parties[0],
        buyer=parties[1],
        remarks=(document.reason, document.note),
        personal=personal,
    )


def invoice_row(series: Series, one: Numbered) -> str:
    """A row of `INVOICE_COLUMNS`."""
    entry, document = one.sealed.entry, one.document
    return _row(
        *(series.pk, one.ordinal, one.number, time_text(entry.issued_at), document.seller.name, document.buyer.name),
        *(entry.currency, entry.vat_rate, entry.subtotal, entry.vat_amount, entry.total_amount, entry.kind),
        *(one.printed_number, "t"),
    )


def document_row(invoice_id: int, one: Numbered, corrects_id: int | None) -> str:
    """A row of `DOCUMENT_COLUMNS`."""
    document, entry = one.document, one.sealed.entry
    details = one.sealed.personal | entry.details
    return _row(
        *(invoice_id, _json(one.sealed.seller), _json(one.sealed.buyer), document.due_date, document.source),
        *(document.external_id, corrects_id, document.reason, document.note, one.day),
        *(document.prepaid_amount or None, document.rounding_amount or None),
        *(_json(entry.adjustments) if entry.adjustments else None, _json(details) if details else None),
        "{" + ",".join(document.accepted) + "}" if document.accepted else None,
    )


def group_rows(invoice_id: int, one: Numbered) -> Iterator[str]:
    """The rows of `GROUP_COLUMNS`."""
    decimals = MINOR_UNITS[one.document.currency]
    for group in one.amounts.groups:
        yield _group_row(invoice_id, group, decimals)


def line_rows(invoice_id: int, one: Numbered) -> Iterator[str]:
    """The rows of `LINE_COLUMNS`."""
    for position, (line, net) in enumerate(zip(one.document.lines, one.amounts.nets, strict=True), start=1):
        yield (
            f"{invoice_id}\t{position}\t{copy_text(line.description)}\t{copy_text(line.product_code)}"
            f"\t{line.quantity!s}\t{line.unit_price!s}\t{line.vat_rate!s}\t{net!s}\t{line.category}\t{_more_of_line(line)}"
        )


def _group_row(invoice_id: int, group: VatGroup, decimals: int) -> str:
    return (
        f"{invoice_id}\t{group.rate!s}\t{group.category}\t{group.net!s}\t{group.vat!s}"
        f"\t{group.roundings}\t{decimals}\t{copy_text(group.reason)}\n"
    )


def _more_of_line(line: Line) -> str:
    if not line.exemption_reason and not line.allowances:
        return _PLAIN_LINE
    allowances = _json(line_allowances_json(line.allowances)) if line.allowances else None
    return _row(line.exemption_reason or None, line.allowance_amount if line.allowances else None, allowances)


@lru_cache(maxsize=64)
def _of_party(party: Party) -> dict[str, Any]:
    """Sellers, and buyers without a name of their own, are the same again and again."""
    return party_json(party)


def _row(*values: Any) -> str:
    return "\t".join(map(_field, values)) + "\n"


def _field(value: Any) -> str:
    if value is None:
        return NULL
    return copy_text(value) if isinstance(value, str) else str(value)


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
