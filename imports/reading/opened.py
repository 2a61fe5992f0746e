"""Opens a file as text: unpacks gzip, finds the encoding, and reads the first part as a sample. Bounded in memory."""

from __future__ import annotations

import codecs
import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from imports.reading.dialects import UTF_8, WINDOWS

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP = b"\x1f\x8b"
SAMPLE_BYTES = 256 * 1024
_PIECE = 1 << 16
_MARKS = ((codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def read_sample(path: Path) -> bytes:
    """The first `SAMPLE_BYTES` of the unpacked file; raises the errors of `gzip` for a gzip file that is not complete."""
    with open(path, "rb") as raw:
        return unpacked(raw).read(SAMPLE_BYTES)


def unpacked(raw: BinaryIO) -> BinaryIO:
    """The content of `raw`, which may be gzip."""
    is_gzip = raw.read(2) == GZIP
    raw.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if is_gzip else raw


def encoding_of(sample: bytes) -> str:
    """The encoding that the sample shows by its mark, by the zero bytes of UTF-16, or by bytes that are not UTF-8."""
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 5 > len(sample) and min(even, odd) * 5 < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return UTF_8 if is_utf_8(sample) else WINDOWS


def decode_sample(sample: bytes, encoding: str) -> str:
    """The text of a sample, which may end within a character."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    return text.removeprefix("\ufeff")


def is_utf_8(sample: bytes) -> bool:
    """Whether `sample` is UTF-8 up to the character that it may end in."""
    try:
        codecs.getincrementaldecoder(UTF_8)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def recoded(stream: BinaryIO, encoding: str) -> BinaryIO:
    """`stream` in UTF-8; reading raises `UnicodeDecodeError` for bytes that are not of `encoding`."""
    return stream if encoding == UTF_8 else cast(BinaryIO, io.BufferedReader(_Recoded(stream, encoding)))


class _Recoded(io.RawIOBase):
    """The text of a stream as UTF-8, piece by piece."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder(encoding)().decode
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        while not self._rest and (piece := self._stream.read(_PIECE)):
            self._rest = self._decode(piece).encode(errors="surrogatepass")
        if not self._rest:
            self._rest = self._decode(b"", True).encode(errors="surrogatepass")
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
