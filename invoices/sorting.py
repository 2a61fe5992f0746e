"""Pages of invoices by number, date or total instead of in the order of issue.

By number a page costs the same however deep it lies: each open series is read through its own part of the index of
numbers. Dates and totals have no index, for each would make every `issue()` a tenth dearer: they are sorted on the spot,
in feeds of up to `SORTED_AT_MOST` invoices. What is issued meanwhile appears where it belongs and shifts nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db import connection
from django.db.models import Sum

from invoices import money, serialize
from invoices.models import Totals
from invoices.series import sales_of
from runtime.formats import ISO

Sort = Literal["invoice_number", "-invoice_number", "invoice_date", "-invoice_date", "total_amount", "-total_amount"]
# About a tenth of a second for a page.
SORTED_AT_MOST = 100_000

# All numbers of a series begin with its prefix and a dash, and "." follows "-": its part of the index of numbers, which is
# in the order of bytes in every database (`~<~`) and has no id in it, for no number is there twice.
_NUMBERS = "invoice_number ~>=~ (prefix || '-') AND invoice_number ~<~ (prefix || '.')"

_PAGE = """
SELECT {columns} FROM unnest(%(series)s::bigint[], %(prefixes)s::text[]) AS wanted(series, prefix)
CROSS JOIN LATERAL (
    SELECT * FROM invoices_invoice WHERE series_id = wanted.series AND {condition} ORDER BY {order} LIMIT %(limit)s
) i
ORDER BY {order} LIMIT %(limit)s
"""


class TooManyToSort(ValueError):
    """No index has this order, and the feed is too large to be sorted on the spot."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count:,} invoices are too many to be sorted by this; up to {SORTED_AT_MOST:,} can be, "
            "more by invoice_number alone"
        )


class BadCursor(ValueError):
    """No page in this order has ended there."""

    def __init__(self) -> None:
        super().__init__("it is not the `next` of a page in this order; keep `sort` while turning pages")


@dataclass(frozen=True, kw_only=True)
class SortedPage:
    """Invoices in the order asked for; `next` continues after them, None at the end."""

    items: list[dict[str, Any]]
    next: str | None


def read_sorted(feed: str, sort: Sort, *, limit: int, cursor: str | None = None) -> SortedPage:
    """The `limit` first invoices of `feed` in the order `sort` ("-" is descending), after `cursor`.

    Raises `TooManyToSort`, and `BadCursor` for one that is not the `next` of a page in this order.
    """
    if sort.removeprefix("-") != "invoice_number" and (count := _count(feed)) > SORTED_AT_MOST:
        raise TooManyToSort(count)
    condition, parameters = _after(sort, cursor)
    series = sales_of(feed).values_list("id", "prefix")
    parameters |= {"series": [pk for pk, _ in series], "prefixes": [prefix for _, prefix in series], "limit": limit + 1}
    columns = ", ".join(f"i.{column}" for column in serialize.COLUMNS)
    with connection.cursor() as db:
        db.execute(_PAGE.format(columns=columns, condition=condition, order=_order(sort)), parameters)
        items = [serialize.invoice(row) for row in db.fetchall()]
    return SortedPage(items=items[:limit], next=_encode(sort, items[limit - 1]) if len(items) > limit else None)


def sortable(feed: str) -> list[str]:
    """The columns that `feed` can be sorted by at its present size."""
    others = ["invoice_date", "total_amount"] if _count(feed) <= SORTED_AT_MOST else []
    return ["invoice_number", *others]


def _count(feed: str) -> int:
    found = Totals.objects.filter(series__in=sales_of(feed)).aggregate(count=Sum("invoice_count"))
    return found["count"] or 0


def _order(sort: Sort) -> str:
    column, is_descending = sort.removeprefix("-"), sort.startswith("-")
    if column == "invoice_number":
        return f"invoice_number USING {'~>~' if is_descending else '~<~'}"
    direction = "DESC" if is_descending else "ASC"
    return f"{column} {direction}, id {direction}"


def _after(sort: Sort, cursor: str | None) -> tuple[str, dict[str, Any]]:
    """The condition for what follows `cursor`, and what it is filled with."""
    column, comparison = sort.removeprefix("-"), "<" if sort.startswith("-") else ">"
    is_number = column == "invoice_number"
    begin = _NUMBERS if is_number else "true"
    if cursor is None:
        return begin, {}
    value, id_ = _decode(sort, cursor)
    place = (
        f"invoice_number ~{comparison}~ %(value)s" if is_number else f"({column}, id) {comparison} (%(value)s, %(id)s)"
    )
    return f"{begin} AND {place}", {"value": value, "id": id_}


def _encode(sort: Sort, invoice: dict[str, Any]) -> str:
    place = json.dumps(
        [sort, invoice[sort.removeprefix("-")], invoice["id"]], ensure_ascii=False, separators=(",", ":")
    )
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _decode(sort: Sort, cursor: str) -> tuple[str | datetime | Decimal, int]:
    try:
        known_sort, value, id_ = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if known_sort != sort or type(value) is not str or type(id_) is not int or not 0 < id_ < 2**63:
            raise BadCursor
        return _parse(sort.removeprefix("-"), value), id_
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise BadCursor from None


def _parse(column: str, value: str) -> str | datetime | Decimal:
    """A value as the database compares it; raises `ValueError`."""
    if column == "invoice_date":
        return datetime.strptime(value, ISO).replace(tzinfo=UTC)
    if column == "total_amount":
        return money.parse(value)
    if "\0" in value:
        raise ValueError("a NUL character")
    value.encode()
    return value
