"""Writes tables as CSV, JSON lines or Parquet, chunk by chunk."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from analytics.metrics.exporting.tables import Table
from exports.files.csv import is_formula
from exports.files.formats import Format


def write(table: Table, form: Format, sink: BinaryIO) -> Iterator[int]:
    """Write the table; yields how many rows are written so far."""
    yield from _WRITERS[form](table, sink)


def _write_csv(table: Table, sink: BinaryIO) -> Iterator[int]:
    sink.write(_csv([tuple(table.columns)]))
    count = 0
    for rows in table.chunks:
        sink.write(_csv([tuple(map(_cell, row)) for row in rows]))
        yield (count := count + len(rows))


def _csv(rows: list[tuple[Any, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would execute gets an apostrophe; numbers stay numbers."""
    if isinstance(value, str) and is_formula(value):
        return f"'{value}"
    return _json(value) if isinstance(value, Decimal) else value


def _write_jsonl(table: Table, sink: BinaryIO) -> Iterator[int]:
    count = 0
    for rows in table.chunks:
        for row in rows:
            record = dict(zip(table.columns, row, strict=True))
            sink.write(json.dumps(record, ensure_ascii=False, default=_json).encode() + b"\n")
        yield (count := count + len(rows))


def _json(value: Decimal) -> str:
    return f"{value:f}"


def _write_parquet(table: Table, sink: BinaryIO) -> Iterator[int]:
    # Large; only the process that makes such a file loads it.
    import pyarrow as pa
    from pyarrow import parquet

    types = {"text": pa.string(), "count": pa.int64(), "decimal": pa.decimal128(38, 6)}
    schema = pa.schema([(name, types[kind]) for name, kind in table.columns.items()])
    count = 0
    with parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        for rows in table.chunks:
            records = [dict(zip(table.columns, row, strict=True)) for row in rows]
            writer.write_table(pa.Table.from_pylist(records, schema=schema))
            yield (count := count + len(rows))


_WRITERS: dict[Format, Callable[[Table, BinaryIO], Iterator[int]]] = {
    Format.CSV: _write_csv, Format.JSONL: _write_jsonl, Format.PARQUET: _write_parquet,
}  # fmt: skip
