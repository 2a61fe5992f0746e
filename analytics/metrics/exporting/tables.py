"""Answers of the calls for figures as tables: columns with their types, and rows in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from analytics.metrics import cohorts, documents, operations, segments
from analytics.metrics.answer import Reader
from analytics.metrics.registry import Unit
from analytics.metrics.standing import snapshot

Parameters = Mapping[str, Sequence[str]]
Type = Literal["text", "count", "decimal"]
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Table:
    """`columns` by name, and the rows as values of these columns."""

    columns: Mapping[str, Type]
    chunks: Iterator[Rows]


def read_table(of: str, given: Parameters) -> Table:
    """The answer of the call `of` as a table; raises `BadQuery`."""
    return _READERS[of](given)


def check(of: str, given: Parameters) -> None:
    """Raises `BadQuery` for a question that the call `of` refuses. Reads no figure."""
    _CHECKS[of](given)


def _of_metrics(given: Parameters) -> Table:
    with snapshot():
        standing, query = operations.prepare(given)
        pages = Reader(query, standing).pages()
    columns: dict[str, Type] = {"date": "text", "label": "text"}
    columns |= dict.fromkeys((*query.by, "currency"), "text")
    columns |= {metric.name: "count" if metric.unit == Unit.COUNT else "decimal" for metric in query.metrics}
    return Table(columns=columns, chunks=(_values(columns, rows) for rows in pages))


def _of_rows(given: Parameters) -> Table:
    columns: dict[str, Type] = {"number": "text", "kind": "text", "at": "text", "currency": "text", "value": "decimal"}
    return Table(columns=columns, chunks=(_values(columns, items) for items in documents.read_pages(given)))


def _of_cohorts(given: Parameters) -> Table:
    columns: dict[str, Type] = {
        "first_month": "text", "size": "count", "month": "text", "customers": "count", "retention": "decimal",
        "currency": "text", "revenue": "decimal",
    }  # fmt: skip
    rows = [
        {"first_month": cohort["month"], "size": cohort["customers"], **cell, **amount}
        for cohort in cohorts.read_cohorts(given)["cohorts"]
        for cell in cohort["cells"]
        for amount in _amounts(cell)
    ]
    return _table(columns, rows)


def _of_segments(given: Parameters) -> Table:
    columns: dict[str, Type] = {
        "segment": "text", "customers": "count", "active_customers": "count", "transactions": "count",
        "currency": "text", "revenue": "decimal",
    }  # fmt: skip
    found = segments.read_segments(given)["segments"]
    return _table(columns, [{**each, **amount} for each in found for amount in _amounts(each)])


def _amounts(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row per currency, or one without."""
    amounts = [{"currency": each["currency"], "revenue": each["value"]} for each in row["revenue"]]
    return amounts or [{"currency": None, "revenue": None}]


def _table(columns: Mapping[str, Type], rows: Sequence[Mapping[str, Any]]) -> Table:
    return Table(columns=columns, chunks=iter([_values(columns, rows)]))


def _values(columns: Mapping[str, Type], rows: Sequence[Mapping[str, Any]]) -> Rows:
    return [tuple(_value(row.get(name), kind) for name, kind in columns.items()) for row in rows]


def _value(value: Any, kind: Type) -> Any:
    return Decimal(value) if kind == "decimal" and value is not None else value


_CHECKS: dict[str, Callable[[Parameters], object]] = {
    "metrics": operations.prepare, "rows": documents.prepare_rows, "cohorts": cohorts.prepare_cohorts,
    "segments": segments.prepare_segments,
}  # fmt: skip
_READERS: dict[str, Callable[[Parameters], Table]] = {
    "metrics": _of_metrics, "rows": _of_rows, "cohorts": _of_cohorts, "segments": _of_segments,
}  # fmt: skip
