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

from exports.files import sums
from exports.files.rows import NAMES, read_rows
from invoices import money, serialize
from invoices.models import Invoice
from runtime.formats import iso

# What a spreadsheet takes for a formula or a command (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_RATE, _CURRENCY = (NAMES.index(name) for name in ("vat_rate", "currency"))


class _Number(str):
    """Text that is a number, so no spreadsheet executes it."""


def write(chosen: QuerySet[Invoice], sink: BinaryIO) -> Iterator[int]:
    """Write the header and the rows; yields how many."""
    sink.write(to_csv([NAMES]))
    count = 0
    for chunk in read_rows(chosen):
        sink.write(to_csv(_present(row) for row in chunk))
        count += len(chunk)
        yield count


def to_csv(rows: Iterable[Iterable[Any]]) -> bytes:
    """The rows as CSV. Texts are made safe; numbers stay numbers."""
    text = io.StringIO()
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _present(row: tuple[Any, ...]) -> list[Any]:
    """Rates and amounts as text: amounts in the decimals of their currency, VAT groups and allowances as JSON."""
    currency = row[_CURRENCY]
    return [
        serialize.rate(value)
        if index == _RATE
        else _Number(money.printed(value, currency))
        if isinstance(value, Decimal)
        else value
        for index, value in enumerate(row)
    ]


def _cell(value: Any) -> str:
    """The cell as text that no spreadsheet executes."""
    match value:
        case None:
            return ""
        case _Number():
            return str(value)
        case Decimal():
            return money.text(value)
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
