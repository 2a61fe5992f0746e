"""The formats of files, and who writes them. What a format needs is imported when it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from importlib import import_module
from typing import BinaryIO

from django.db.models import QuerySet

from invoices.models import Invoice

Write = Callable[[QuerySet[Invoice], BinaryIO], Iterator[int]]


class Format(StrEnum):
    """The name of a format and the ending of its files."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSONL: "application/jsonl",
    Format.PARQUET: "application/vnd.apache.parquet",
}


def write(chosen: QuerySet[Invoice], form: Format, sink: BinaryIO) -> Iterator[int]:
    """Write the invoices to `sink` as they are read; yields how many were written so far."""
    writer: Write = import_module(f"exports.files.{form}").write
    yield from writer(chosen, sink)
