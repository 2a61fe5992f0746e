"""Reads a file line by line, plain or gzip. Content that is not text rejects the file before any row is processed."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from imports.reading.dialects import UTF_8, WINDOWS
from imports.reading.opened import recoded, unpacked

LONGEST_LINE = 1024 * 1024
# A gzip of some MB may hold terabytes of nothing.
LARGEST_TEXT = 16 * 1024**3
MOST_EMPTY_LINES = 1_000_000


class BadFile(ValueError):
    """The file as a whole cannot be read; the text names it, the place and the remedy."""


class NotUtf8(BadFile):
    """The file was read as UTF-8, and a line of it is of another encoding."""


def read_lines(path: Path, encoding: str = UTF_8) -> Iterator[str]:
    """The lines of `path` with their ends; raises `BadFile`, or `OSError` when it cannot be opened."""
    size = empty = 0
    with open(path, "rb") as raw:
        stream = recoded(unpacked(raw), encoding)
        for number, line in enumerate(_bounded(path, stream), start=1):
            size += len(line)
            if size > LARGEST_TEXT:
                raise BadFile(f"{path.name} holds more than {LARGEST_TEXT // 1024**3} GiB of text; split it.")
            empty += line.isspace()
            if empty > MOST_EMPTY_LINES:
                raise BadFile(f"{path.name} holds more than {MOST_EMPTY_LINES:,} empty lines; remove them.")
            text = _decode(path, number, line)
            if encoding == WINDOWS and not text.isascii():
                _check_windows(path, number, text)
            yield text


def digest(path: Path) -> str:
    """The SHA-256 of the file as it is."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bounded(path: Path, stream: BinaryIO) -> Iterator[bytes]:
    number = 1
    try:
        while line := stream.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise BadFile(f"{path.name}, line {number} is longer than a MiB; is this a text file with lines?")
            yield line
            number += 1
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadFile(f"{path.name} is not a complete gzip file ({error}); send it again.") from None
    except UnicodeDecodeError as error:
        raise BadFile(
            f"{path.name}, near line {number}: {error.object[error.start]:#04x} is not a character of {error.encoding}; "
            "save the file as UTF-8."
        ) from None


def _decode(path: Path, number: int, line: bytes) -> str:
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise NotUtf8(
            f"{path.name}, line {number}, byte {error.start + 1} ({line[error.start]:#04x}) is not UTF-8; "
            "save the file as UTF-8."
        ) from None
    if "\0" in text:
        raise BadFile(f"{path.name}, line {number} holds a NUL character; is this a text file?")
    return text


def _check_windows(path: Path, number: int, text: str) -> None:
    """Raise `BadFile` for a line that is UTF-8 in a file that is not: its letters would be read as others."""
    try:
        text.encode(WINDOWS).decode()
    except UnicodeDecodeError:
        return
    raise BadFile(f"{path.name} has lines of two encodings, line {number} in UTF-8; save the file as UTF-8.")
