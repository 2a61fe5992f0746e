"""The documents of an import that are held in quarantine: their rows as a person sees them, and how they are resolved."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from imports.models import SOURCE, SourceFile
from jobs.models import Job
from quality import held_rows, quarantine
from quality.held_rows import HeldRow, UnknownRow
from quality.readers import CannotRead

_ACTS: dict[str, Callable[..., object]] = {
    "accept": quarantine.accept,
    "retry": quarantine.retry,
    "set_aside": quarantine.set_aside,
}


def read_page(job: Job, *, after: str | None, limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """A page of the open records of an import, and where the next one begins."""
    file = _file_of(job)
    if file is None:
        return [], None
    rows = held_rows.read_open(SOURCE, file.pk, after=_place(after), limit=limit + 1)
    following = f"{rows[limit - 1].line}-{rows[limit - 1].id}" if len(rows) > limit else None
    return [_present(row, file) for row in rows[:limit]], following


def resolve(row_id: int, act: str, *, cells: Sequence[Sequence[str]] | None, text: str, by: str) -> dict[str, Any]:
    """Do `act` with a record and return it as it is then; raises `UnknownRow`, `NotOpen` and `CannotRead`."""
    row = held_rows.read_row(row_id)
    file = SourceFile.objects.filter(pk=row.source_id).first() if row.source == SOURCE else None
    if file is None:
        raise UnknownRow(f"There is no record {row_id} of a file in the quarantine.")
    if act == "correct":
        text = text or _text(cells or (), file)
        if not text.strip():
            raise CannotRead("The correction is empty; send the rows, or set the document aside.")
        quarantine.correct(row_id, text, by=by)
    else:
        _ACTS[act](row_id, by=by)
    return _present(held_rows.read_row(row_id), file)


def _file_of(job: Job) -> SourceFile | None:
    """The file that the import has begun; None before that."""
    numbers = (job.report or {}).get("file_ids") or [None]
    return SourceFile.objects.filter(pk=numbers[0]).first()


def _place(cursor: str | None) -> tuple[int, int] | None:
    line, _, row_id = (cursor or "").partition("-")
    is_place = line.isascii() and line.isdigit() and row_id.isascii() and row_id.isdigit() and len(line + row_id) < 37
    return (int(line), int(row_id)) if is_place else None


def _present(row: HeldRow, file: SourceFile) -> dict[str, Any]:
    return asdict(row) | {"columns": file.header, "cells": _cells(row.text, file)}


def _cells(text: str, file: SourceFile) -> list[list[str]] | None:
    """The rows of a table; None for other files, and for rows that are not whole."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(file), strict=True))
    except csv.Error:
        return None
    return rows if file.header and all(len(row) == len(file.header) for row in rows) else None


def _text(cells: Sequence[Sequence[str]], file: SourceFile) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=_separator(file), lineterminator="\n").writerows(cells)
    return text.getvalue()


def _separator(file: SourceFile) -> str:
    return file.read_options().dialect.separator
