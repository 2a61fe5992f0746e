"""Documents as they are in the store, with lines, VAT groups and parties; generated invoices get one line of their subtotal."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from invoices.documents.amounts import calculated_vat
from invoices.documents.characters import normalize
from invoices.documents.details import read_adjustments, read_details, read_line_allowances, read_party
from invoices.documents.types import (
    ZERO,
    Document,
    GivenVat,
    IssuedDocument,
    Kind,
    Line,
    Party,
    VatGroup,
    default_category,
)
from invoices.queries import UnknownInvoice
from runtime.currencies import unit_of
from stores.scope import visible_store_ids

GENERATED_LINE = "Goods and services"

_DOCUMENTS = """
SELECT i.id, i.invoice_number, i.printed_number, s.prefix, s.store_id, i.ordinal, s.kind, i.kind AS document_kind, i.invoice_date,
    i.currency, i.vat_rate, i.subtotal, i.vat_amount, i.total_amount, i.seller_name, i.buyer_name, d.day,
    d.seller::text AS seller, d.buyer::text AS buyer, d.due_date, coalesce(d.source, '') AS source,
    coalesce(d.external_id, '') AS external_id, d.corrects_id, c.invoice_number AS corrects,
    c.printed_number AS corrects_printed, coalesce(cd.day, (c.invoice_date AT TIME ZONE 'UTC')::date) AS corrects_day,
    coalesce(d.reason, '') AS reason, coalesce(d.note, '') AS note, d.prepaid_amount, d.rounding_amount,
    d.adjustments::text AS adjustments, d.details::text AS details, d.accepted
FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id AND s.closed_at IS NULL
LEFT JOIN invoices_document d ON d.invoice_id = i.id LEFT JOIN invoices_invoice c ON c.id = d.corrects_id
LEFT JOIN invoices_document cd ON cd.invoice_id = d.corrects_id
WHERE {condition} AND (%(stores)s::bigint[] IS NULL OR s.store_id = ANY(%(stores)s))
"""
_BY_NUMBERS = _DOCUMENTS.format(condition="i.invoice_number = ANY(%(keys)s)")
_BY_IDS = _DOCUMENTS.format(condition="i.id = ANY(%(keys)s)")
_LINES = """
SELECT invoice_id, description, product_code, quantity, unit_price, vat_rate, vat_category, exemption_reason, allowances::text
FROM invoices_line WHERE invoice_id = ANY(%s) ORDER BY invoice_id, position
"""
_GROUPS = """
SELECT invoice_id, rate, category, net, vat, roundings, reason FROM invoices_vatgroup
WHERE invoice_id = ANY(%s) ORDER BY invoice_id, rate, category
"""
# By the index of numbers, and by that of printed numbers in each series.
_NUMBERED = """
SELECT i.invoice_number FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id AND s.closed_at IS NULL
WHERE i.invoice_number = ANY(%(numbers)s) AND (%(stores)s::bigint[] IS NULL OR s.store_id = ANY(%(stores)s))
UNION ALL
SELECT found.invoice_number FROM invoices_series s CROSS JOIN LATERAL (
    SELECT invoice_number FROM invoices_invoice i
    WHERE i.series_id = s.id AND i.printed_number = ANY(%(numbers)s) AND i.printed_number <> '' LIMIT 1) AS found
WHERE s.closed_at IS NULL AND (s.kind = 'external' OR s.pattern <> '')
    AND (%(stores)s::bigint[] IS NULL OR s.store_id = ANY(%(stores)s))
"""

# Most parties have none, and reading JSON twice costs more than looking for the name.
_TERMS = '"terms"'
Row = dict[str, Any]


def read_documents(numbers: Sequence[str]) -> list[IssuedDocument]:
    """The documents with these numbers, in their order; raises `UnknownInvoice` for the first that is not there."""
    found = {one.number: one for one in _read(_BY_NUMBERS, numbers)}
    for number in numbers:
        if number not in found:
            raise UnknownInvoice(f"No invoice has the number {number[:60]!r}.")
    return [found[number] for number in numbers]


def find_number(number: str) -> str:
    """The invoice number of the document that `number` means; raises `UnknownInvoice`.

    It means an invoice number as it is written, or else in NFC, or else the printed number that only one document has.
    """
    forms = list(dict.fromkeys((number, normalize(number))))
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERED, {"numbers": forms, "stores": _stores()})
        found = {row for (row,) in cursor.fetchall()}
    if (exact := next((form for form in forms if form in found), None)) is not None:
        return exact
    if len(found) != 1:
        raise UnknownInvoice(f"No invoice has the number {number[:60]!r}.")
    return str(found.pop())


def load_documents(ids: Sequence[int]) -> list[IssuedDocument]:
    """The documents with these ids, in their order; what is gone is missing."""
    found = {one.id: one for one in _read(_BY_IDS, ids)}
    return [found[pk] for pk in ids if pk in found]


def _stores() -> list[int] | None:
    """The stores whose documents the request may see; None for all."""
    visible = visible_store_ids()
    return None if visible is None else sorted(visible)


def _read(statement: str, keys: Sequence[str] | Sequence[int]) -> list[IssuedDocument]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"keys": list(keys), "stores": _stores()})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
        written = [row["id"] for row in rows if row["seller"] is not None]
        cursor.execute(_LINES, [written])
        lines = _by_invoice(cursor.fetchall())
        cursor.execute(_GROUPS, [written])
        groups = _by_invoice(cursor.fetchall())
    return [_issued(row, lines[row["id"]], groups[row["id"]]) for row in rows]


def _by_invoice(rows: Sequence[tuple[Any, ...]]) -> defaultdict[int, list[tuple[Any, ...]]]:
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for pk, *values in rows:
        found[pk].append(tuple(values))
    return found


def _issued(row: Row, lines: list[tuple[Any, ...]], groups: list[tuple[Any, ...]]) -> IssuedDocument:
    vat_groups = tuple(_group(*values) for values in groups) or (_only_group(row),)
    return IssuedDocument(
        id=row["id"],
        number=row["invoice_number"],
        printed_number=row["printed_number"] or row["invoice_number"],
        series=row["prefix"],
        ordinal=row["ordinal"],
        day=row["day"] or _utc_day(row),
        document=_document(row, tuple(_line(*values) for values in lines) or (_only_line(row),), vat_groups),
        vat_groups=vat_groups,
        subtotal=row["subtotal"],
        vat_amount=row["vat_amount"],
        total_amount=row["total_amount"],
        is_test=row["kind"] == "test",
        store_id=row["store_id"],
        corrects_id=row["corrects_id"],
        corrects_printed=row["corrects_printed"] or row["corrects"],
        corrects_day=row["corrects_day"],
    )


def _document(row: Row, lines: tuple[Line, ...], groups: tuple[VatGroup, ...]) -> Document:
    is_external = row["kind"] == "external"
    details = read_details(json.loads(row["details"] or "{}"))
    for snapshot in (row["seller"], row["buyer"]):
        if snapshot and _TERMS in snapshot and (terms := json.loads(snapshot).get("terms")):
            details["terms"] = details.get("terms", {}) | terms
    return Document(
        kind=Kind(row["document_kind"]),
        issued_at=row["invoice_date"],
        seller=_party(row["seller"], row["seller_name"]),
        buyer=_party(row["buyer"], row["buyer_name"]),
        currency=row["currency"],
        lines=lines,
        due_date=row["due_date"],
        number=row["invoice_number"].removeprefix(f"{row['prefix']}-") if is_external else None,
        source=row["source"],
        external_id=row["external_id"],
        corrects=row["corrects"],
        reason=row["reason"],
        note=row["note"],
        vat=_given_vat(row["currency"], groups),
        prepaid_amount=row["prepaid_amount"] or ZERO,
        rounding_amount=row["rounding_amount"] or ZERO,
        accepted=tuple(row["accepted"] or ()),
        **read_adjustments(json.loads(row["adjustments"] or "[]")),
        **details,
    )


def _party(snapshot: str | None, name: str) -> Party:
    return Party(name=name) if snapshot is None else read_party(json.loads(snapshot))


def _given_vat(currency: str, groups: tuple[VatGroup, ...]) -> tuple[GivenVat, ...]:
    """The VAT that is not net x rate."""
    unit = unit_of(currency)
    return tuple(
        GivenVat(rate=group.rate, amount=group.vat, vat_category=_short(group.rate, group.category))
        for group in groups
        if group.vat != calculated_vat(group.net, group.rate, unit)
    )


def _line(
    description: str, product_code: str, quantity: Decimal, unit_price: Decimal, rate: Decimal, category: str,
    exemption_reason: str | None, allowances: str | None,
) -> Line:  # fmt: skip
    return Line(
        description=description,
        product_code=product_code,
        quantity=quantity,
        unit_price=unit_price,
        vat_rate=rate,
        vat_category=_short(rate, category),
        exemption_reason=exemption_reason or "",
        allowances=read_line_allowances(json.loads(allowances)) if allowances else (),
    )


def _group(rate: Decimal, category: str, net: Decimal, vat: Decimal, roundings: int, reason: str) -> VatGroup:
    return VatGroup(rate=rate, category=category, net=net, vat=vat, roundings=roundings, reason=reason)


def _short(rate: Decimal, category: str) -> str:
    return "" if category == default_category(rate) else category


def _utc_day(row: Row) -> date:
    day: date = row["invoice_date"].date()
    return day


def _only_line(row: Row) -> Line:
    return Line(
        description=GENERATED_LINE,
        quantity=Decimal(1),
        unit_price=row["subtotal"],
        vat_rate=row["vat_rate"] or ZERO,
    )


def _only_group(row: Row) -> VatGroup:
    rate = row["vat_rate"] or Decimal(0)
    return VatGroup(rate=rate, category=default_category(rate), net=row["subtotal"], vat=row["vat_amount"], roundings=1)
