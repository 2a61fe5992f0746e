"""Lines as records: the rows of a CSV file or the objects of JSON lines, each with its raw text and its place."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from imports.reading.dialects import SAMPLED_LINES, Dialect, readable_rows
from imports.reading.lines import BadFile
from invoices.documents.characters import normalize, one_line


@dataclass(frozen=True, slots=True)
class Record:
    """A row: at `line`, of document `key`. `problem` says why `values` cannot be used.

    `is_unnumbered`: the document has no number or id, and `key` is its place in the file.
    """

    line: int
    key: str
    raw: str
    values: Any = None
    problem: str = ""
    is_unnumbered: bool = False


def csv_header(lines: Iterator[str], separator: str = ",") -> list[str]:
    """The column names in the next line; raises `BadFile` when there are none."""
    try:
        header = next(csv.reader([next(lines)], delimiter=separator, strict=True), [])
    except (StopIteration, csv.Error):
        header = []
    names = [name.strip() for name in header]
    if not any(names):
        raise BadFile("The first line holds no column names; is this a CSV file?")
    return names


def distinct(names: Sequence[str]) -> list[str]:
    """The names of columns, where one without a name, or with that of an earlier one, gets its place behind it."""
    found, counts = list(names), Counter[str]()
    for place, name in enumerate(names):
        counts[name] += 1
        if not name or counts[name] > 1:
            found[place] = f"{name or 'column'} ({place + 1})"
    return found


def read_rows(text: str, dialect: Dialect, most: int = SAMPLED_LINES) -> list[list[str]]:
    """The rows of a sample from its header on, as far as they can be read."""
    lines = text.splitlines(keepends=True)[dialect.header_line - 1 :]
    return readable_rows(lines, dialect.separator, most)


def csv_records(
    lines: Iterable[str], header: Sequence[str], key_column: str | None, first_line: int = 2, separator: str = ","
) -> Iterator[Record]:
    """The rows after the header. Without a key column each row is a document without a number.

    Each line of an unreadable row becomes a record with a problem. Rows without any value are passed over.
    """
    taken = _Taken(lines, first_line)
    width, place = len(header), None if key_column is None else header.index(key_column)
    reader = csv.reader(taken, delimiter=separator, strict=True)
    while True:
        line = taken.next_line
        taken.raw.clear()
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield from _unreadable(taken.raw, line, place, separator, f"it is not valid CSV ({error})")
            reader = csv.reader(taken, delimiter=separator, strict=True)
            continue
        if len(values) == width:
            key = f"line {line}" if place is None else values[place].strip()
            if not (key.isascii() and key.isprintable()):
                key = normalize(one_line(key))
            if key or any(map(str.strip, values)):
                yield Record(line, key, "".join(taken.raw), values, "", place is None)
        elif values:
            what = f"it has {len(values)} fields where the header has {width}"
            yield from _unreadable(taken.raw, line, place, separator, what)


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
            key = _json_key(values)
            yield Record(number, key or f"line {number}", line, values, is_unnumbered=not key)
        else:
            yield Record(number, f"line {number}", line, None, "it is not a JSON object")


def _json_key(values: dict[str, Any]) -> str:
    for name in ("number", "external_id", "invoice_number"):
        value = values.get(name)
        if isinstance(value, str) and value.strip():
            return normalize(value.strip())
    return ""


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


def _unreadable(raw: Sequence[str], line: int, place: int | None, separator: str, problem: str) -> Iterator[Record]:
    """A quote that never ends swallows whole documents: each line goes to the one it seems to belong to."""
    for offset, text in enumerate(list(raw)):
        fields = text.rstrip("\r\n").split(separator)
        key = f"line {line + offset}" if place is None else ""
        if place is not None and place < len(fields):
            key = normalize(fields[place].strip(' "'))
        if text.strip():
            yield Record(line + offset, key, text, None, problem)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
