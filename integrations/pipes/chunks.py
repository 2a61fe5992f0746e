"""Cuts a stream of lines into chunks while it is read, so that only one chunk is in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

PIECE = 64 * 1024
MOST_LINES, MOST_BYTES = 1000, 1024 * 1024


class LineTooLong(ValueError):
    """A line is longer than a chunk may be."""


def read_chunks(read: Callable[[int], bytes]) -> Iterator[list[str]]:
    """Chunks of the lines that are not empty; raises `LineTooLong`. A byte that is not UTF-8 is kept as it is."""
    lines: list[str] = []
    size = 0
    for line in _lines(read):
        if lines and (len(lines) >= MOST_LINES or size + len(line) > MOST_BYTES):
            yield lines
            lines, size = [], 0
        lines.append(line.decode("utf-8", "surrogateescape"))
        size += len(line)
    if lines:
        yield lines


def _lines(read: Callable[[int], bytes]) -> Iterator[bytes]:
    rest = b""
    while piece := read(PIECE):
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > MOST_BYTES:
            raise LineTooLong(f"A line is longer than {MOST_BYTES:,} bytes; send one record a line.")
        yield from (line.rstrip(b"\r") for line in whole if line.strip())
    if rest.strip():
        yield rest.rstrip(b"\r")
