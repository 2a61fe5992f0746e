"""The parts of a JSON document that most have not: parties' addresses, allowances, VAT as given, payment, delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from imports.reading.values import BadValue, read_date, read_decimal
from invoices.documents.types import (
    ZERO,
    Allowance,
    Contact,
    Delivery,
    ElectronicAddress,
    GivenVat,
    LineAllowance,
    Party,
    Payment,
    Preceding,
    short_category,
)

Values = Mapping[str, Any]
Texts = TypeVar("Texts", Payment, Delivery, Contact, ElectronicAddress, Preceding, Party)
# The number of an invoice as a business term: bills have it beside the number that they get here.
SUPPLIER_NUMBER = "BT-1"
NAMES = {
    "prices_include_vat", "allowances", "charges", "prepaid_amount", "rounding_amount", "payment", "delivery",
    "buyer_reference", "order_reference", "preceding", "profile", "accept", "terms",
}  # fmt: skip


def read_more(values: Values) -> dict[str, Any]:
    """The fields of a `Document` beside those that all have."""
    given_vat = values.get("vat") if isinstance(values.get("vat"), list) else values.get("vat_groups")
    return {
        "prices_include_vat": values.get("prices_include_vat") is True,
        "vat": tuple(_given_vat(each, f"vat.{index}.") for index, each in enumerate(_list(given_vat, "vat"))),
        "allowances": _adjustments(values, "allowances"),
        "charges": _adjustments(values, "charges"),
        "prepaid_amount": read_number(values, "prepaid_amount", "") if values.get("prepaid_amount") else ZERO,
        "rounding_amount": read_number(values, "rounding_amount", "") if values.get("rounding_amount") else ZERO,
        "payment": read_texts(Payment, values.get("payment"), "payment"),
        "delivery": read_texts(Delivery, values.get("delivery"), "delivery"),
        "preceding": tuple(_preceding(values)),
        "accepted": tuple(str(word) for word in _list(values.get("accept"), "accept")),
        "terms": _terms(values.get("terms")),
        **{name: read_text(values, name) for name in ("buyer_reference", "order_reference", "profile")},
    }


def read_line_allowances(given: Any, path: str) -> tuple[LineAllowance, ...]:
    return tuple(
        LineAllowance(
            amount=read_number(each, "amount", f"{path}.{index}."), reason=read_text(each, "reason", f"{path}.{index}.")
        )
        for index, each in enumerate(_list(given, path))
    )


def read_party(given: Values, role: str, name: str) -> Party:
    """The party; `name` stands in where it gives none."""
    nested = {"electronic_address": ElectronicAddress, "contact": Contact}
    values: dict[str, Any] = {"name": name}
    for field in _known(Party, given, f"{role}."):
        if field in nested:
            values[field] = read_texts(nested[field], given[field], f"{role}.{field}")
        else:
            values[field] = read_text(given, field, f"{role}.")
    return Party(**values)


def read_texts(kind: type[Texts], given: Any, path: str) -> Texts | None:
    """A record of texts and a day; None where there is none, or all of it is empty."""
    if given is None:
        return None
    if not isinstance(given, dict):
        raise BadValue(f"{path}: it must be an object.")
    values: dict[str, Any] = {}
    for name in _known(kind, given, f"{path}."):
        text = read_text(given, name, f"{path}.")
        if text:
            values[name] = read_date(f"{path}.{name}", text) if name == "date" else text
    try:
        return kind(**values) if values else None
    except TypeError:
        raise BadValue(f"{path}: it is not complete; give {', '.join(field.name for field in fields(kind))}.") from None


def read_text(values: Values, name: str, path: str = "", *, needed: bool = False) -> str:
    value = values.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise BadValue(f"{path}{name}: {str(value)[:40]!r} is not a text.")
    if needed and not value:
        raise BadValue(f"{path}{name}: it is missing; give it.")
    return value


def read_number(values: Values, name: str, path: str) -> Any:
    """JSON's numbers come as the text they were written as."""
    value = values.get(name)
    return read_decimal(f"{path}{name}", value if isinstance(value, str) else "" if value is None else str(value))


def check_names(values: Any, known: set[str], path: str) -> None:
    if not isinstance(values, dict):
        raise BadValue(f"{path[:-1]}: it must be an object.")
    if unknown := values.keys() - known:
        raise BadValue(f"{path}{min(unknown)[:40]}: there is no such field.")


def _known(kind: type[Any], given: Values, path: str) -> Sequence[str]:
    check_names(given, {field.name for field in fields(kind)}, path)
    return list(given)


def _preceding(values: Values) -> Any:
    for index, each in enumerate(_list(values.get("preceding"), "preceding")):
        if found := read_texts(Preceding, each, f"preceding.{index}"):
            yield found


def _adjustments(values: Values, name: str) -> tuple[Allowance, ...]:
    return tuple(_adjustment(each, f"{name}.{index}.") for index, each in enumerate(_list(values.get(name), name)))


def _adjustment(given: Any, path: str) -> Allowance:
    check_names(given, {"amount", "vat_rate", "vat_category", "reason"}, path)
    rate = read_number(given, "vat_rate", path)
    return Allowance(
        amount=read_number(given, "amount", path),
        vat_rate=rate,
        vat_category=short_category(rate, read_text(given, "vat_category", path)),
        reason=read_text(given, "reason", path),
    )


def _given_vat(given: Any, path: str) -> GivenVat:
    """The VAT of one group, with the names of `POST /api/invoices` (`amount`, `rate`) or of the export (`vat`, `vat_rate`)."""
    check_names(given, {"rate", "category", "amount", "net", "vat", "vat_amount", "vat_rate", "reason"}, path)
    rate = read_number(given, "rate" if "rate" in given else "vat_rate", path)
    amount = next((name for name in ("amount", "vat", "vat_amount") if name in given), "amount")
    return GivenVat(
        rate=rate,
        amount=read_number(given, amount, path),
        vat_category=short_category(rate, read_text(given, "category", path)),
    )


def number_of_supplier(values: Values) -> str:
    """The number that a supplier bill of an export has; empty for other documents."""
    terms = values.get("terms")
    return read_text(terms, SUPPLIER_NUMBER, "terms.") if isinstance(terms, dict) else ""


def _terms(given: Any) -> dict[str, Any]:
    """Further business terms, as they are; `invoices.validation.terms` checks them."""
    if given is not None and not isinstance(given, dict):
        raise BadValue("terms: it must be an object.")
    return {name: value for name, value in (given or {}).items() if name != SUPPLIER_NUMBER}


def _list(given: Any, path: str) -> list[Any]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise BadValue(f"{path}: it must be a list.")
    return given
