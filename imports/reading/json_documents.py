"""Reads JSON lines: one document per line, as the export writes them and `POST /api/invoices` accepts them.

Amounts that follow from the lines are optional and must equal the sums of the lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from imports.reading import json_more
from imports.reading.options import Options
from imports.reading.values import BadValue, read_date, read_time
from invoices.documents.amounts import amounts_of
from invoices.documents.gross import settle
from invoices.documents.types import Document, Kind, Line, Party, short_category
from quality.rules import Broken

AMOUNTS = ("subtotal", "vat_amount", "total_amount")
# Written by the export beside what makes a document; the store has its own.
_DERIVED = {
    "id", "series", "ordinal", "is_test", "vat_rate", "vat", "vat_groups", "source", "corrects_id", "credit_notes",
    "credited_amount", "printed_number", "invoice_day", "payable_amount", "warnings", "erasures", *AMOUNTS,
}  # fmt: skip
_OWN = {
    "number", "invoice_number", "kind", "invoice_date", "due_date", "currency", "seller", "buyer", "seller_name", "buyer_name",
    "lines", "corrects", "reason", "note", "external_id",
} | json_more.NAMES  # fmt: skip
_LINE = {
    "position", "description", "product_code", "quantity", "unit_price", "vat_rate", "net", "vat_category",
    "exemption_reason", "allowances",
}  # fmt: skip

Values = Mapping[str, Any]


def parse(values: Values, options: Options) -> Document:
    """The document that the object says; raises `Broken` or `BadValue`."""
    json_more.check_names(values, _OWN | _DERIVED, "")
    document = Document(
        kind=_kind(values),
        number=_number(values, options),
        issued_at=read_time("invoice_date", json_more.read_text(values, "invoice_date", needed=True), options.zone),
        due_date=_due_date(values),
        seller=_party(values, "seller", options.seller),
        buyer=_party(values, "buyer", ""),
        currency=json_more.read_text(values, "currency") or options.currency,
        lines=_lines(values, options),
        source=options.source,
        external_id=json_more.read_text(values, "external_id"),
        corrects=json_more.read_text(values, "corrects") or None,
        reason=json_more.read_text(values, "reason"),
        note=json_more.read_text(values, "note"),
        **json_more.read_more(values),
    )
    _check_amounts(values, document)
    return document


def _number(values: Values, options: Options) -> str | None:
    """The source's own number. An export has it behind the prefix of its series, that of a supplier among the terms."""
    if number := json_more.number_of_supplier(values):
        return number
    number = json_more.read_text(values, "number") or json_more.read_text(values, "invoice_number")
    for prefix in (f"{options.series}-CN-", f"{options.series}-"):
        number = number.removeprefix(prefix)
    return number or None


def _kind(values: Values) -> Kind:
    text = json_more.read_text(values, "kind") or Kind.INVOICE
    try:
        return Kind(text)
    except ValueError:
        raise BadValue(f"kind: {text[:40]!r} is not a valid kind: use {' or '.join(Kind)}.") from None


def _due_date(values: Values) -> date | None:
    text = json_more.read_text(values, "due_date")
    return read_date("due_date", text) if text else None


def _party(values: Values, role: str, name: str) -> Party:
    given = values.get(role) or {}
    if not isinstance(given, dict):
        raise BadValue(f"{role}: it must be an object with a name.")
    return json_more.read_party(given, role, json_more.read_text(values, f"{role}_name") or name)


def _lines(values: Values, options: Options) -> tuple[Line, ...]:
    given = values.get("lines")
    if not isinstance(given, list) or not given:
        raise BadValue("lines: there are none; a document has at least one.")
    return tuple(_line(line, f"lines.{index}.", options) for index, line in enumerate(given))


def _line(given: Any, path: str, options: Options) -> Line:
    if not isinstance(given, dict):
        raise BadValue(f"{path[:-1]}: it must be an object.")
    json_more.check_names(given, _LINE, path)
    rate = _rate(given, path, options)
    line = Line(
        description=json_more.read_text(given, "description", path),
        product_code=json_more.read_text(given, "product_code", path),
        quantity=json_more.read_number(given, "quantity", path),
        unit_price=json_more.read_number(given, "unit_price", path),
        vat_rate=rate,
        vat_category=short_category(rate, json_more.read_text(given, "vat_category", path)),
        exemption_reason=json_more.read_text(given, "exemption_reason", path),
        allowances=json_more.read_line_allowances(given.get("allowances"), f"{path}allowances"),
    )
    if "net" in given and json_more.read_number(given, "net", path) != line.net:
        raise Broken(
            "sums-differ", f"{path}net: {given['net']} is given and the line comes to {line.net}; correct one."
        )
    return line


def _rate(given: Values, path: str, options: Options) -> Decimal:
    if given.get("vat_rate") is None and options.vat_rate is not None:
        return options.vat_rate
    rate: Decimal = json_more.read_number(given, "vat_rate", path)
    return rate


def _check_amounts(values: Values, document: Document) -> None:
    wanted = [name for name in AMOUNTS if values.get(name) is not None]
    amounts = amounts_of(settle(document)) if wanted and document.corrects is None else None
    for name in wanted if amounts else []:
        given, found = json_more.read_number(values, name, ""), getattr(amounts, name)
        if given != found:
            raise Broken("sums-differ", f"{name}: {given} is given and the lines come to {found}; correct one of them.")
