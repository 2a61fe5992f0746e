"""Invoices as CSV, streamed by the page and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from invoices import present
from invoices.admin.figures import at_most
from invoices.models import Invoice

ROWS = 2000
PAGE_SECONDS = 60.0
# Without the id, which says nothing outside of this database.
COLUMNS = present.COLUMNS[1:]
# What a spreadsheet takes for a formula or a command (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def stream_csv(invoices: QuerySet[Invoice]) -> StreamingHttpResponse:
    """A download of `invoices`, newest first; only a page of them is in memory at a time."""
    response = StreamingHttpResponse(_pages(invoices), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="invoices.csv"'
    return response


async def _pages(invoices: QuerySet[Invoice]) -> AsyncIterator[str]:
    yield write([COLUMNS])
    below: int | None = None
    while rows := await sync_to_async(_read)(invoices, below):
        yield write(list(present.invoice(row).values())[1:] for row in rows)
        below = rows[-1][0]


def _read(invoices: QuerySet[Invoice], below: int | None) -> list[tuple[Any, ...]]:
    rest = invoices if below is None else invoices.filter(pk__lt=below)
    with at_most(PAGE_SECONDS):
        return list(rest.order_by("-pk").values_list(*present.COLUMNS)[:ROWS])


def write(rows: Iterable[Iterable[Any]]) -> str:
    """The rows as CSV text (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(cell: Any) -> str:
    """The cell as text that no spreadsheet executes."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
