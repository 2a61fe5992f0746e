"""The columns of `invoices-csv` for what most documents do not have: addresses of e-invoices, contacts, payment, delivery,
allowances of the document, an earlier invoice, and VAT as given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from imports.reading.values import BadValue, read_date, read_decimal
from invoices.documents.types import (
    ZERO,
    Allowance,
    Contact,
    Delivery,
    ElectronicAddress,
    GivenVat,
    Line,
    LineAllowance,
    Payment,
    Preceding,
    short_category,
)

Row = Mapping[str, str]

# Columns of a document by the field of their record.
_PAYMENT = {
    "payment_means_code": "means_code",
    "payment_reference": "reference",
    "payment_terms": "terms",
    "iban": "iban",
}
_DELIVERY = {f"delivery_{field.name}": field.name for field in fields(Delivery)}
_PRECEDING = {"preceding_number": "number", "preceding_date": "date"}
_ALLOWANCE = ("amount", "vat_rate", "vat_category", "reason")
_PARTY = ("electronic_address_scheme", "electronic_address", "contact_name", "contact_phone", "contact_email")
OF_THE_DOCUMENT = (
    *_PAYMENT, *_DELIVERY, *_PRECEDING, *(f"document_allowance_{name}" for name in _ALLOWANCE),
    *(f"document_charge_{name}" for name in _ALLOWANCE), "profile", "prepaid_amount", "rounding_amount",
)  # fmt: skip
OF_A_PARTY = _PARTY
OF_A_LINE = ("allowance_amount", "allowance_reason", "vat_amount")


def read_document_parts(of: Row) -> dict[str, Any]:
    """The fields of a `Document` that `OF_THE_DOCUMENT` holds."""
    preceding = _record(Preceding, of, _PRECEDING)
    return {
        "payment": _record(Payment, of, _PAYMENT),
        "delivery": _record(Delivery, of, _DELIVERY),
        "preceding": (preceding,) if preceding else (),
        "allowances": _adjustments("document_allowance", of),
        "charges": _adjustments("document_charge", of),
        "profile": of.get("profile", ""),
        "prepaid_amount": _amount("prepaid_amount", of) or ZERO,
        "rounding_amount": _amount("rounding_amount", of) or ZERO,
    }


def read_party_parts(role: str, of: Row) -> dict[str, Any]:
    """The fields of a `Party` that are records of their own."""
    address = {f"{role}_electronic_address_scheme": "scheme", f"{role}_electronic_address": "value"}
    contact = {f"{role}_contact_{field.name}": field.name for field in fields(Contact)}
    return {
        "electronic_address": _record(ElectronicAddress, of, address),
        "contact": _record(Contact, of, contact),
    }


def read_line_allowances(row: Row) -> tuple[LineAllowance, ...]:
    """The allowance of a line."""
    amount = _amount("allowance_amount", row)
    return () if amount is None else (LineAllowance(amount=amount, reason=row.get("allowance_reason", "").strip()),)


def read_given_vat(lines: Sequence[Line], rows: Sequence[Row]) -> tuple[GivenVat, ...]:
    """The VAT of each rate and category as the sum over its lines; none where no line of it says its VAT.

    Raises `BadValue` where only some lines of a rate say it, because the rest would be missing in the sum.
    """
    groups: defaultdict[tuple[Decimal, str], list[Decimal | None]] = defaultdict(list)
    for line, row in zip(lines, rows, strict=True):
        groups[line.vat_rate, line.vat_category].append(_amount("vat_amount", row))
    return tuple(
        GivenVat(rate=rate, vat_category=category, amount=_sum(rate, amounts))
        for (rate, category), amounts in groups.items()
        if any(amount is not None for amount in amounts)
    )


def _sum(rate: Decimal, amounts: Sequence[Decimal | None]) -> Decimal:
    given = [amount for amount in amounts if amount is not None]
    if len(given) < len(amounts):
        raise BadValue(
            f"vat_amount: {len(given)} of the {len(amounts)} lines at rate {rate} have it; fill it in for all of them, or none."
        )
    return sum(given, ZERO)


def _record(kind: Any, of: Row, columns: Mapping[str, str]) -> Any:
    """The record of the columns that are filled in; None where all are empty."""
    values: dict[str, Any] = {
        field: read_date(column, of[column]) if field == "date" else of[column]
        for column, field in columns.items()
        if of.get(column)
    }
    try:
        return kind(**values) if values else None
    except TypeError:
        missing = " and ".join(column for column in columns if not of.get(column))
        raise BadValue(f"{missing}: it is missing; fill it in, or leave {', '.join(columns)} empty.") from None


def _adjustments(name: str, of: Row) -> tuple[Allowance, ...]:
    amount = _amount(f"{name}_amount", of)
    if amount is None:
        return ()
    rate = _amount(f"{name}_vat_rate", of)
    if rate is None:
        raise BadValue(f"{name}_vat_rate: it is missing; fill in the rate of {name}_amount.")
    category = short_category(rate, of.get(f"{name}_vat_category", ""))
    return (Allowance(amount=amount, vat_rate=rate, vat_category=category, reason=of.get(f"{name}_reason", "")),)


def _amount(name: str, row: Row) -> Decimal | None:
    text = row.get(name, "").strip()
    return read_decimal(name, text) if text else None
