"""Parquet: a row a document, with exact decimals and times in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
from django.db.models import QuerySet
from pyarrow import parquet

from exports.files.rows import NAMES, read_rows
from invoices.models import Invoice

# Rows of a group lie in memory together, so a group is kept small; readers like them large.
GROUP = 20_000
_MONEY, _RATE = pa.decimal128(12, 2), pa.decimal128(9, 6)
_GROUP_OF_VAT = pa.struct({"rate": _RATE, "category": pa.string(), "net": _MONEY, "vat": _MONEY, "reason": pa.string()})
_ADJUSTMENT = pa.struct({"amount": _MONEY, "vat_rate": _RATE, "vat_category": pa.string(), "reason": pa.string()})
_TYPES = {
    "invoice_date": pa.timestamp("us", tz="UTC"),
    "vat_rate": _RATE,
    "subtotal": _MONEY,
    "vat_amount": _MONEY,
    "total_amount": _MONEY,
    "due_date": pa.date32(),
    "invoice_day": pa.date32(),
    "prepaid_amount": _MONEY,
    "rounding_amount": _MONEY,
    "payable_amount": _MONEY,
    "vat_groups": pa.list_(_GROUP_OF_VAT),
    "allowances": pa.list_(_ADJUSTMENT),
    "charges": pa.list_(_ADJUSTMENT),
}
SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in NAMES])


def write(chosen: QuerySet[Invoice], sink: BinaryIO) -> Iterator[int]:
    """Write the file, group by group; yields how many rows."""
    count, batches = 0, []
    with parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), SCHEMA, compression="zstd") as writer:
        for chunk in read_rows(chosen):
            columns = zip(*chunk, strict=True)
            arrays = [pa.array(values, kind) for values, kind in zip(columns, SCHEMA.types, strict=True)]
            batches.append(pa.record_batch(arrays, schema=SCHEMA))
            count += len(chunk)
            if sum(len(batch) for batch in batches) >= GROUP:
                writer.write_table(pa.Table.from_batches(batches))
                batches = []
            yield count
        if batches:
            writer.write_table(pa.Table.from_batches(batches))
