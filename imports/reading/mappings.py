"""A mapping of columns: which column of any table holds which field of a document. It turns rows into those of `invoices-csv`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from imports.reading.dialects import DAY_FIRST, MONTH_FIRST
from invoices.documents.types import Party

MOST_CHARACTERS = 20_000
_PARTY = [each.name for each in fields(Party) if each.name not in ("electronic_address", "contact")]
# The names of the mapping, then the columns of `invoices-csv`.
_DOCUMENT = {
    "number": "number", "date": "invoice_date", "due_date": "due_date", "kind": "kind", "currency": "currency",
    "corrects": "corrects", "reason": "reason", "note": "note", "external_id": "external_id",
    "order_reference": "order_reference", "buyer_reference": "buyer_reference",
}  # fmt: skip
_LINES = {
    "description": "description", "product_code": "product_code", "quantity": "quantity", "unit_price": "unit_price",
    "total": "line_total", "discount": "allowance_amount", "vat_rate": "vat_rate", "vat_amount": "vat_amount",
}  # fmt: skip
FIELDS: dict[str, str] = {
    **_DOCUMENT,
    **{f"{role}.{name}": f"{role}_{name}" for role in ("seller", "buyer") for name in _PARTY},
    "buyer.first_name": "buyer_first_name",
    "buyer.last_name": "buyer_last_name",
    **{f"lines.{name}": column for name, column in _LINES.items()},
}
_CHOICES = {"decimal_mark": (".", ","), "date_order": (DAY_FIRST, MONTH_FIRST)}
DATE, PRICE, TOTAL = "date", "lines.unit_price", "lines.total"


class BadMapping(ValueError):
    """The mapping cannot be as given; the text names the field and the remedy."""


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """`columns` by the names of `FIELDS`. `decimal_mark` and `date_order` override what is detected; empty does not."""

    columns: tuple[tuple[str, str], ...] = ()
    prices_include_vat: bool = False
    decimal_mark: str = ""
    date_order: str = ""

    @property
    def number_column(self) -> str | None:
        return dict(self.columns).get("number")

    def as_json(self) -> dict[str, Any]:
        """The mapping as it is given: nested where its names have a dot."""
        found: dict[str, Any] = {}
        for field, column in self.columns:
            group, _, name = field.rpartition(".")
            (found.setdefault(group, {}) if group else found)[name] = column
        if self.prices_include_vat:
            found["prices_include_vat"] = True
        return found | {name: getattr(self, name) for name in _CHOICES if getattr(self, name)}

    def missing(self) -> list[str]:
        """The fields that a table of documents needs and this mapping has not."""
        has = dict(self.columns)
        return [*([] if DATE in has else [DATE]), *([] if PRICE in has or TOTAL in has else [PRICE])]

    def unknown_columns(self, header: Sequence[str]) -> list[str]:
        return [column for _, column in self.columns if column not in header]

    def apply(self, row: Mapping[str, str]) -> dict[str, str]:
        """The row with the names of `invoices-csv`."""
        return {FIELDS[field]: row[column] for field, column in self.columns}


def parse(given: Any) -> ColumnMapping:
    """The mapping in JSON or as its value; raises `BadMapping`."""
    values = _values(given)
    choices = {name: _choice(name, values.pop(name, "")) for name in _CHOICES}
    is_gross = values.pop("prices_include_vat", False)
    if not isinstance(is_gross, bool):
        raise BadMapping(f"prices_include_vat: {str(is_gross)[:40]!r} is not valid: use true or false.")
    columns = tuple((field, column) for field, column in _flat(values) if column)
    for field, column in columns:
        if field not in FIELDS:
            raise BadMapping(f"{field[:60]}: there is no such field; use some of {', '.join(FIELDS)}.")
        if len(column) > 200:
            raise BadMapping(f"{field}: a column's name has at most 200 characters.")
    return ColumnMapping(columns=columns, prices_include_vat=is_gross, **choices)


def _values(given: Any) -> dict[str, Any]:
    if isinstance(given, str):
        if len(given) > MOST_CHARACTERS:
            raise BadMapping(f"the mapping has more than {MOST_CHARACTERS:,} characters; leave out what is empty.")
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise BadMapping("the mapping is not valid JSON; give an object of fields and columns.") from None
    if not isinstance(given, dict):
        raise BadMapping('the mapping must be an object, such as {"number": "Order", "date": "Created at"}.')
    return dict(given)


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Fields with their columns. A party that is given as a text is its name."""
    for name, value in values.items():
        if isinstance(value, dict):
            for inner, column in value.items():
                yield f"{name}.{inner}", _column(f"{name}.{inner}", column)
        else:
            yield f"{name}.name" if name in ("buyer", "seller") else name, _column(name, value)


def _column(field: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadMapping(f"{field[:60]}: {str(value)[:40]!r} is not the name of a column.")
    return value.strip()


def _choice(name: str, value: Any) -> str:
    if value not in ("", None, *_CHOICES[name]):
        raise BadMapping(f"{name}: {str(value)[:40]!r} is not valid: use {' or '.join(_CHOICES[name])}.")
    return str(value or "")
