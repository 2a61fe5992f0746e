"""Files as shops and spreadsheets write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl

SHOPIFY = (
    "Name", "Email", "Financial Status", "Paid at", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code",
    "Discount Amount", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku",
    "Lineitem taxable", "Billing Name", "Billing Country", "Cancelled at", "Notes", "Refunded Amount", "Tax 1 Name",
    "Tax 1 Value", "Tax 2 Name", "Tax 2 Value",
)  # fmt: skip
_ORDER = {
    "Email": "jo@example.org", "Financial Status": "paid", "Currency": "EUR", "Created at": "2026-04-05 21:06:20 +0200",
    "Subtotal": "20.00", "Shipping": "0.00", "Taxes": "3.19", "Total": "20.00", "Lineitem quantity": "1",
    "Lineitem name": "Mug", "Lineitem price": "20.00", "Billing Name": "Jo Sample", "Billing Country": "DE",
}  # fmt: skip
_ORDERS: tuple[dict[str, str], ...] = (
    {
        "Name": "#1001", "Subtotal": "50.00", "Shipping": "4.90", "Taxes": "8.77", "Total": "54.90", "Discount Code": "SPRING",
        "Discount Amount": "5.00", "Lineitem quantity": "2", "Lineitem taxable": "true", "Notes": "ring\ntwice",
        "Tax 1 Name": "VAT 19%", "Tax 1 Value": "8.77",
    },
    {"Name": "#1001", "Lineitem quantity": "1", "Lineitem name": "Pot", "Lineitem price": "15.00", "is more": "yes"},
    {"Name": "#1002", "Financial Status": "partially_refunded", "Refunded Amount": "10.00"},
)  # fmt: skip


def shopify(*orders: dict[str, str]) -> bytes:
    """An export of orders, by default of one with two lines and of one that was refunded in part."""
    text = io.StringIO()
    writer = csv.DictWriter(text, SHOPIFY, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for order in orders or _ORDERS:
        writer.writerow(order if "is more" in order else _ORDER | order)
    return text.getvalue().encode()


class German:
    """A table of invoices with German headings, as a shop owner keeps it."""

    HEADER = ("Rechnungsnummer", "Datum", "Kunde", "Artikel", "Menge", "Einzelpreis (netto)", "MwSt")
    # A cell has no time zone.
    ROWS: tuple[tuple[Any, ...], ...] = (
        ("2026-1", datetime.fromisoformat("2026-03-01"), "Jörg Muster", "Becher\nblau", 2, 4.15, 0.19),
        ("2026-1", datetime.fromisoformat("2026-03-01"), "Jörg Muster", "Kanne", 1, 20.97, 0.19),
        ("2026-2", datetime.fromisoformat("2026-03-02 14:30"), "Müller GmbH", "Tee", 1.5, 3.1, 0.07),
    )
    MAPPING = {
        "number": "Rechnungsnummer", "date": "Datum", "buyer": "Kunde",
        "lines": {"description": "Artikel", "quantity": "Menge", "unit_price": "Einzelpreis (netto)", "vat_rate": "MwSt"},
    }  # fmt: skip


def workbook(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "") -> Path:
    """A workbook with a table, below a title and an empty row if there is a title."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [*([[title], []] if title else []), header, *rows]:
        sheet.append(list(row))
    book.save(path)
    return path
