"""Reads a file line by line, plain or gzip. Content that is not UTF-8 rejects the file before any row is processed."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

GZIP = b"\x1f\x8b"
LONGEST_LINE = 1024 * 1024
# A gzip of some MB may hold terabytes of nothing.
LARGEST_TEXT = 16 * 1024**3
MOST_EMPTY_LINES = 1_000_000


class BadFile(ValueError):
    """The file as a whole cannot be read; the text names it, the place and the remedy."""


def read_lines(path: Path) -> Iterator[str]:
    """The lines of `path` with their ends; raises `BadFile`, or `OSError` when it cannot be opened."""
    size = empty = 0
    with open(path, "rb") as raw:
        stream = _unpacked(raw)
        for number, line in enumerate(_bounded(path, stream), start=1):
            size += len(line)
            if size > LARGEST_TEXT:
                raise BadFile(f"{path.name} holds more than {LARGEST_TEXT // 1024**3} GiB of text; split it.")
            empty += line.isspace()
            if empty > MOST_EMPTY_LINES:
                raise BadFile(f"{path.name} holds more than {MOST_EMPTY_LINES:,} empty lines; remove them.")
            yield _decode(path, number, line)


def digest(path: Path) -> str:
    """The SHA-256 of the file as it is."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpacked(raw: BinaryIO) -> BinaryIO:
    is_gzip = raw.read(2) == GZIP
    raw.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if is_gzip else raw


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


def _decode(path: Path, number: int, line: bytes) -> str:
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise BadFile(
            f"{path.name}, line {number}, byte {error.start + 1} ({line[error.start]:#04x}) is not UTF-8; "
            "save the file as UTF-8."
        ) from None
    if "\0" in text:
        raise BadFile(f"{path.name}, line {number} holds a NUL character; is this a text file?")
    return text
