"""The formats of files, and who writes them. What a format needs is imported when it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum
from importlib import import_module
from typing import BinaryIO

from django.db.models import QuerySet

from exports.files import csv
from exports.files.style import PLAIN, Style
from invoices.models import Invoice

Write = Callable[[QuerySet[Invoice], BinaryIO], Iterator[int]]


class NotOfThisFormat(ValueError):
    """The style is one of CSV, and the format is another."""


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


def write(chosen: QuerySet[Invoice], form: Format, sink: BinaryIO, style: Style = PLAIN) -> Iterator[int]:
    """Write the invoices to `sink` as they are read; yields how many were written so far. `style` is that of CSV."""
    if form is Format.CSV:
        yield from csv.write(chosen, sink, style)
        return
    writer: Write = import_module(f"exports.files.{form}").write
    yield from writer(chosen, sink)


def check_style(form: Format, style: Style) -> None:
    """Raises `NotOfThisFormat`."""
    if form is not Format.CSV and replace(style, zone=PLAIN.zone) != PLAIN:
        raise NotOfThisFormat(f"separator, decimal_mark, bom and rows are of CSV files: {form} has none of them.")
