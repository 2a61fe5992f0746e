"""Reads JSON lines: one document per line, as the export writes them and `POST /api/invoices` accepts them.

Amounts that follow from the lines are optional and must equal the sums of the lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from imports.reading.options import Options
from imports.reading.values import BadValue, read_date, read_decimal, read_time
from invoices.documents.types import Document, Kind, Line, Party
from quality.rules import Broken

AMOUNTS = ("subtotal", "vat_amount", "total_amount")
# Written by the export beside what makes a document; the store has its own.
_DERIVED = {
    "id", "series", "ordinal", "is_test", "vat_rate", "vat", "vat_groups", "source", "corrects_id", "credit_notes",
    "credited_amount", *AMOUNTS,
}  # fmt: skip
_OWN = {
    "number", "invoice_number", "kind", "invoice_date", "due_date", "currency", "seller", "buyer", "seller_name", "buyer_name",
    "lines", "corrects", "reason", "note", "external_id",
}  # fmt: skip
_LINE = {"position", "description", "product_code", "quantity", "unit_price", "vat_rate", "net"}
_PARTY = {field.name for field in fields(Party)}

Values = Mapping[str, Any]


def parse(values: Values, options: Options) -> Document:
    """The document that the object says; raises `Broken` or `BadValue`."""
    _check_names(values, _OWN | _DERIVED, "")
    document = Document(
        kind=_kind(values),
        number=_number(values, options),
        issued_at=read_time("invoice_date", _text(values, "invoice_date", needed=True), options.zone),
        due_date=_due_date(values),
        seller=_party(values, "seller", options.seller),
        buyer=_party(values, "buyer", ""),
        currency=_text(values, "currency") or options.currency,
        lines=_lines(values, options),
        source=options.source,
        external_id=_text(values, "external_id"),
        corrects=_text(values, "corrects") or None,
        reason=_text(values, "reason"),
        note=_text(values, "note"),
    )
    _check_amounts(values, document)
    return document


def _number(values: Values, options: Options) -> str | None:
    """The source's own number. An export has it behind the prefix of its series."""
    number = _text(values, "number") or _text(values, "invoice_number")
    for prefix in (f"{options.series}-CN-", f"{options.series}-"):
        number = number.removeprefix(prefix)
    return number or None


def _kind(values: Values) -> Kind:
    text = _text(values, "kind") or Kind.INVOICE
    try:
        return Kind(text)
    except ValueError:
        raise BadValue(f"kind: {text[:40]!r} is none; write {' or '.join(Kind)}.") from None


def _due_date(values: Values) -> date | None:
    text = _text(values, "due_date")
    return read_date("due_date", text) if text else None


def _party(values: Values, role: str, name: str) -> Party:
    given = values.get(role) or {}
    if not isinstance(given, dict):
        raise BadValue(f"{role}: it must be an object with a name.")
    _check_names(given, _PARTY, f"{role}.")
    party = {field: _text(given, field, f"{role}.") for field in given}
    return Party(**{"name": _text(values, f"{role}_name") or name, **party})


def _lines(values: Values, options: Options) -> tuple[Line, ...]:
    given = values.get("lines")
    if not isinstance(given, list) or not given:
        raise BadValue("lines: there are none; a document has at least one.")
    return tuple(_line(line, f"lines.{index}.", options) for index, line in enumerate(given))


def _line(given: Any, path: str, options: Options) -> Line:
    if not isinstance(given, dict):
        raise BadValue(f"{path[:-1]}: it must be an object.")
    _check_names(given, _LINE, path)
    line = Line(
        description=_text(given, "description", path),
        product_code=_text(given, "product_code", path),
        quantity=_decimal(given, "quantity", path),
        unit_price=_decimal(given, "unit_price", path),
        vat_rate=_rate(given, path, options),
    )
    if "net" in given and _decimal(given, "net", path) != line.net:
        raise Broken(
            "sums-differ", f"{path}net: {given['net']} is given and the line comes to {line.net}; correct one."
        )
    return line


def _rate(given: Values, path: str, options: Options) -> Decimal:
    if given.get("vat_rate") is None and options.vat_rate is not None:
        return options.vat_rate
    return _decimal(given, "vat_rate", path)


def _check_amounts(values: Values, document: Document) -> None:
    for name in AMOUNTS:
        if values.get(name) is None:
            continue
        given, found = _decimal(values, name, ""), getattr(document, name)
        if given != found:
            raise Broken("sums-differ", f"{name}: {given} is given and the lines come to {found}; correct one of them.")


def _check_names(values: Values, known: set[str], path: str) -> None:
    if unknown := values.keys() - known:
        raise BadValue(f"{path}{min(unknown)[:40]}: there is no such field.")


def _text(values: Values, name: str, path: str = "", *, needed: bool = False) -> str:
    value = values.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise BadValue(f"{path}{name}: {str(value)[:40]!r} is not a text; put it in quotes.")
    if needed and not value:
        raise BadValue(f"{path}{name}: it is missing; give it.")
    return value


def _decimal(values: Values, name: str, path: str) -> Decimal:
    """JSON's numbers come as the text they were written as."""
    value = values.get(name)
    return read_decimal(f"{path}{name}", value if isinstance(value, str) else "" if value is None else str(value))
