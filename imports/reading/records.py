"""Lines as records: the rows of a CSV file or the objects of JSON lines, each with its raw text and its place."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from imports.reading.lines import BadFile
from invoices.documents.characters import normalize


@dataclass(frozen=True, slots=True)
class Record:
    """A row: at `line`, of document `key`. `problem` says why `values` cannot be used."""

    line: int
    key: str
    raw: str
    values: Any = None
    problem: str = ""


def csv_header(lines: Iterator[str]) -> list[str]:
    """The column names in the first line; raises `BadFile` when there are none."""
    try:
        header = next(csv.reader([next(lines)], strict=True), [])
    except (StopIteration, csv.Error):
        header = []
    names = [name.strip() for name in header]
    if not any(names):
        raise BadFile("The first line holds no column names; is this a CSV file?")
    return names


def csv_records(lines: Iterable[str], header: Sequence[str], key_column: str, first_line: int = 2) -> Iterator[Record]:
    """The rows after the header. Each line of an unreadable row becomes a record with a problem."""
    taken = _Taken(lines, first_line)
    place = header.index(key_column)
    reader = csv.reader(taken, strict=True)
    while True:
        line = taken.next_line
        taken.raw.clear()
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield from _unreadable(taken.raw, line, place, f"it is not valid CSV ({error})")
            reader = csv.reader(taken, strict=True)
            continue
        if len(values) == len(header):
            yield Record(line, normalize(values[place].strip()), "".join(taken.raw), values)
        elif values:
            what = f"it has {len(values)} fields where the header has {len(header)}"
            yield from _unreadable(taken.raw, line, place, what)


def json_records(lines: Iterable[str], first_line: int = 1) -> Iterator[Record]:
    """An object a line; empty lines are passed over. A record's key is the document's own number or id."""
    for number, line in enumerate(lines, start=first_line):
        if not line.strip():
            continue
        try:
            values = json.loads(line, parse_constant=_refuse, parse_float=str, parse_int=str)
        except (ValueError, RecursionError) as error:
            yield Record(number, f"line {number}", line, None, f"it is not valid JSON ({str(error)[:100]})")
            continue
        if isinstance(values, dict):
            yield Record(number, _json_key(values, number), line, values)
        else:
            yield Record(number, f"line {number}", line, None, "it is not a JSON object")


def _json_key(values: dict[str, Any], number: int) -> str:
    for name in ("number", "external_id", "invoice_number"):
        value = values.get(name)
        if isinstance(value, str) and value.strip():
            return normalize(value.strip())
    return f"line {number}"


class _Taken:
    """Lines, remembering those since the last record."""

    def __init__(self, lines: Iterable[str], first_line: int) -> None:
        self._lines = iter(lines)
        self.next_line = first_line
        self.raw: list[str] = []

    def __iter__(self) -> _Taken:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.raw.append(line)
        self.next_line += 1
        return line


def _unreadable(raw: Sequence[str], line: int, place: int, problem: str) -> Iterator[Record]:
    """A quote that never ends swallows whole documents: each line goes to the one it seems to belong to."""
    for offset, text in enumerate(list(raw)):
        fields = text.rstrip("\r\n").split(",")
        key = normalize(fields[place].strip(' "')) if place < len(fields) else ""
        if text.strip():
            yield Record(line + offset, key, text, None, problem)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
