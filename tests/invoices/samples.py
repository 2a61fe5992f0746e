"""Drafts and rows that the tests of the invoice store are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from invoices.issue import Draft
from invoices.models import Invoice, Series, Totals
from streaming.feed import Display, display

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
VAT_RATE = Decimal("0.15")
BAD_SUBTOTAL = Decimal("0.00")


def draft(subtotal: str | Decimal = "100.00", **changes: Any) -> Draft:
    values: dict[str, Any] = {
        "invoice_date": NOON,
        "seller_name": "Nordwind GmbH",
        "buyer_name": "Ocean & Sons",
        "subtotal": Decimal(subtotal),
        "vat_rate": VAT_RATE,
        "currency": "SAR",
    }
    return Draft(**values | changes)


def drafts(count: int, **changes: Any) -> list[Draft]:
    """Different amounts, so that a sum shows which rows are in it."""
    return [draft(Decimal(100 + index).scaleb(-2), **changes) for index in range(count)]


def row(series: Series, ordinal: int, /, **changes: Any) -> dict[str, Any]:
    """The columns of a right invoice, for tests that write without `issue()`."""
    values: dict[str, Any] = {
        "series_id": series.pk,
        "ordinal": ordinal,
        "invoice_number": series.number(ordinal),
        "invoice_date": NOON,
        "seller_name": "Nordwind GmbH",
        "buyer_name": "Ocean & Sons",
        "currency": "SAR",
        "vat_rate": "0.15",
        "subtotal": "100.00",
        "vat_amount": "15.00",
        "total_amount": "115.00",
    }
    return values | changes


def insert(values: dict[str, Any]) -> None:
    """INSERT by hand: what the database itself says to it, with neither Django nor `issue()` in between."""
    columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    run_sql(f"INSERT INTO invoices_invoice ({columns}) VALUES ({marks})", *values.values())


def run_sql(sql: str, *parameters: Any) -> int:
    """Execute one statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def rows_of(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def kept_totals() -> set[tuple[Any, ...]]:
    """The rows of the totals table that are not zero."""
    columns = ("series_id", "currency", "invoice_count", "subtotal_amount", "vat_amount", "total_amount")
    return {found for found in Totals.objects.values_list(*columns) if any(found[2:])}


def summed_totals() -> set[tuple[Any, ...]]:
    """The same columns as `kept_totals`, summed over the invoices."""
    return set(
        rows_of(
            "SELECT series_id, currency, count(*), sum(subtotal), sum(vat_amount), sum(total_amount)"
            " FROM invoices_invoice GROUP BY series_id, currency"
        )
    )


def ordinals_of(series: Series) -> list[int]:
    return list(Invoice.objects.filter(series=series).order_by("ordinal").values_list("ordinal", flat=True))


def demo() -> Display:
    return display("demo")
