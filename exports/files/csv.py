"""CSV (RFC 4180): a row a document, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from django.db.models import QuerySet

from exports.files import sums, vat_rows
from exports.files.rows import NAMES, read_rows
from exports.files.style import BOM, PLAIN, Rows, Safe, Style
from invoices import money, serialize
from invoices.models import Invoice
from runtime.formats import iso

# What a spreadsheet takes for a formula or a command (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_RATE, _CURRENCY = (NAMES.index(name) for name in ("vat_rate", "currency"))


def write(chosen: QuerySet[Invoice], sink: BinaryIO, style: Style = PLAIN) -> Iterator[int]:
    """Write the header and the rows; yields how many documents."""
    if style.bom:
        sink.write(BOM.encode())
    is_vat = style.rows == Rows.VAT
    sink.write(to_csv([vat_rows.NAMES if is_vat else NAMES], style))
    count = 0
    for documents, rows in vat_rows.read_vat_rows(chosen, style.zone) if is_vat else _chunks(chosen):
        sink.write(to_csv(rows, style))
        count += documents
        yield count


def to_csv(rows: Iterable[Iterable[Any]], style: Style = PLAIN) -> bytes:
    """The rows as CSV. Texts are made safe; numbers stay numbers."""
    text = io.StringIO()
    csv.writer(text, delimiter=style.sign).writerows([_cell(value, style) for value in row] for row in rows)
    return text.getvalue().encode()


def _chunks(chosen: QuerySet[Invoice]) -> Iterator[tuple[int, Iterable[Any]]]:
    for chunk in read_rows(chosen):
        yield len(chunk), map(_present, chunk)


def _present(row: tuple[Any, ...]) -> list[Any]:
    """Rates and amounts as text: amounts in the decimals of their currency, VAT groups and allowances as JSON."""
    currency = row[_CURRENCY]
    return [
        _rate(value)
        if index == _RATE
        else Safe(money.printed(value, currency))
        if isinstance(value, Decimal)
        else value
        for index, value in enumerate(row)
    ]


def _rate(value: Decimal | None) -> Safe | None:
    return None if value is None else Safe(serialize.rate(value))


def _cell(value: Any, style: Style) -> str:
    """The cell as text that no spreadsheet executes."""
    match value:
        case None:
            return ""
        case Safe():
            return style.number(value)
        case Decimal():
            return style.number(money.text(value))
        case list():
            return json.dumps(sums.to_json(value), ensure_ascii=False)
        case datetime():
            return iso(value)
        case date():
            return value.isoformat()
    text = str(value)
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may execute `text`. Full-width and small forms count as the signs that they stand for."""
    return text.startswith(FORMULA) or unicodedata.normalize("NFKC", text[:1]).startswith(FORMULA)
