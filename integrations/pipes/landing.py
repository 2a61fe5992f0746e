"""Turns what a source sent into lines, one record each, as they are kept: JSON as it was written. Pure.

A number of JSON keeps its text, so that no later reader finds another one. A row of CSV becomes an object of texts.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Format = Literal["json", "jsonl", "csv"]
_SPACE = re.compile(r"[ \t\n\r]*")
_decoder = json.JSONDecoder()


class BadBody(ValueError):
    """The body is not a JSON object."""


class NothingReadable(ValueError):
    """No record of what was sent can be parsed; the message says why."""


@dataclass(slots=True)
class Envelope:
    """The members of a body, `data` apart: a list as its elements in lines, or else the value itself.

    The elements are never in memory as objects all at once.
    """

    members: dict[str, Any] = field(default_factory=dict)
    data: list[str] | Any = None


def read_envelope(body: str) -> Envelope:
    """Read a JSON object; raises `BadBody`."""
    try:
        return _read_envelope(body)
    except RecursionError:
        raise BadBody("it is nested too deeply") from None
    except (ValueError, IndexError) as error:
        raise BadBody(str(error)) from None


def split_data(data: list[str] | Any, form: Format) -> list[str]:
    """The records in the `data` of an envelope as lines; raises `NothingReadable`."""
    if isinstance(data, str):
        return split_text(data, form)
    if form != "json":
        raise NothingReadable(f"data is not a text: with the format {form}, send the file's content as one text.")
    if not isinstance(data, list):
        raise NothingReadable("data is not a list: send a list of objects, or one object.")
    return _readable(data, "No element of data is an object: send a list of objects.")


def split_text(text: str, form: Format) -> list[str]:
    """The records in a text of that format as lines; raises `NothingReadable` when none can be parsed."""
    text = text.removeprefix("\ufeff")
    if form == "csv":
        return _rows(text)
    if form == "json":
        try:
            return split_data(_read_data(text, _skip(text, 0))[0], form)
        except (ValueError, IndexError, RecursionError) as error:
            raise NothingReadable(f"data cannot be parsed: {error}.") from None
    # Lines end at line feeds alone: texts in JSON may hold the other separators of Unicode.
    lines = [line.rstrip("\r") for line in text.split("\n") if line.strip()]
    return _readable(lines, "No line is a JSON object: send one object a line.")


def is_object(line: str) -> bool:
    """Whether the line is a JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _readable(lines: list[str], refusal: str) -> list[str]:
    if not any(is_object(line) for line in lines):
        raise NothingReadable(refusal)
    return lines


def _read_envelope(body: str) -> Envelope:
    envelope, position = Envelope(), _skip(body, 0)
    _expect(body, position, "{")
    position = _skip(body, position + 1)
    while body[position] != "}":
        name, position = _decoder.raw_decode(body, position)
        if not isinstance(name, str):
            raise ValueError("a name is not a text")
        position = _skip(body, position)
        _expect(body, position, ":")
        position = _skip(body, position + 1)
        if name == "data":
            envelope.data, position = _read_data(body, position)
        else:
            envelope.members[name], position = _decoder.raw_decode(body, position)
        position = _skip(body, position)
        if body[position] == ",":
            position = _skip(body, position + 1)
            _expect(body, position, '"')
        else:
            _expect(body, position, "}")
    if _skip(body, position + 1) != len(body):
        raise ValueError("something follows the object")
    return envelope


def _read_data(text: str, position: int) -> tuple[list[str] | Any, int]:
    """The value there and where it ends: of a list or an object, the text of each element on a line."""
    if text[position] == "[":
        lines = []
        position = _skip(text, position + 1)
        while text[position] != "]":
            _, end = _decoder.raw_decode(text, position)
            lines.append(_one_line(text[position:end]))
            position = _skip(text, end)
            if text[position] == ",":
                position = _skip(text, position + 1)
                if text[position] == "]":
                    raise ValueError("a comma ends the list")
            else:
                _expect(text, position, "]")
        return lines, position + 1
    value, end = _decoder.raw_decode(text, position)
    return ([_one_line(text[position:end])] if isinstance(value, dict) else value), end


def _rows(text: str) -> list[str]:
    """The rows of a CSV file as objects by the names of its first line. A comma or a semicolon is the delimiter."""
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if any(row)]
    except csv.Error as error:
        raise NothingReadable(f"The CSV cannot be read: {error}.") from None
    if len(rows) < 2:
        raise NothingReadable("The CSV has no rows: send a line of column names and at least one row.")
    header = [name.strip() for name in rows[0]]
    if twice := next((name for name in header if name and header.count(name) > 1), None):
        raise NothingReadable(f"The CSV has two columns named {twice[:60]!r}: give each column a name of its own.")
    return [json.dumps(dict(_named(header, row)), ensure_ascii=False, separators=(",", ":")) for row in rows[1:]]


def _named(header: list[str], row: list[str]) -> Iterator[tuple[str, str]]:
    """The values by column; those without a column are kept as `column 7`."""
    for index, value in enumerate(row):
        name = header[index] if index < len(header) else ""
        if name or value:
            yield name or f"column {index + 1}", value


def _expect(text: str, position: int, character: str) -> None:
    if text[position : position + 1] != character:
        raise ValueError(f"{character!r} is missing at character {position + 1}")


def _skip(text: str, position: int) -> int:
    """Where the white space from `position` on ends."""
    found = _SPACE.match(text, position)
    assert found is not None
    return found.end()


def _one_line(text: str) -> str:
    """JSON on one line: line breaks are white space between values, never part of one."""
    return text.replace("\r", " ").replace("\n", " ")
