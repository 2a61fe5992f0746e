"""The result of a bulk operation: a file of JSON lines, which is downloaded in whole or from a byte on."""

from __future__ import annotations

import os
import re
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from email.message import Message
from itertools import islice

from integrations.fakes.server import Content, Reply

CHUNK_BYTES = 65536


class Result:
    """All methods but `write` may be called from any thread. The file ends with the object."""

    def __init__(self) -> None:
        self._file, path = tempfile.mkstemp()
        os.unlink(path)
        weakref.finalize(self, os.close, self._file)
        self.line_count = 0
        self.size = 0

    def write(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self.size += os.write(self._file, line)
            self.line_count += 1

    def first_half(self) -> Result:
        """What is there of an operation that failed: the last object may lack its children."""
        half = Result()
        half.write(islice(self._lines(), (self.line_count + 1) // 2))
        return half

    def download(self, headers: Message, *, is_half: bool) -> Reply:
        asked = re.fullmatch(r"bytes=(\d+)-", headers.get("Range") or "")
        start = min(int(asked[1]), self.size) if asked else 0
        content = Content(self.size - start, self._chunks(start))
        shown = {"Content-Type": "application/jsonl"}
        if asked:
            shown["Content-Range"] = f"bytes {start}-{self.size - 1}/{self.size}"
        return Reply(206 if asked else 200, content, shown, is_half=is_half)

    def _chunks(self, start: int) -> Iterator[bytes]:
        while chunk := os.pread(self._file, CHUNK_BYTES, start):
            start += len(chunk)
            yield chunk

    def _lines(self) -> Iterator[bytes]:
        rest = b""
        for chunk in self._chunks(0):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line + b"\n" for line in whole)
