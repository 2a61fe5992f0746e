"""A file is read as lines in bounded memory, or refused as a whole with a sentence."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from imports.reading.lines import LONGEST_LINE, BadFile, read_lines


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    return path


def test_plain_and_gzip_give_the_same_lines(tmp_path: Path) -> None:
    content = "a,b\r\n1,ä\n2,€".encode()
    plain = list(read_lines(written(tmp_path, content)))
    assert plain == ["a,b\r\n", "1,ä\n", "2,€"]
    assert list(read_lines(written(tmp_path, gzip.compress(content)))) == plain


def test_a_byte_order_mark_is_removed_from_the_first_name(tmp_path: Path) -> None:
    assert next(read_lines(written(tmp_path, b"\xef\xbb\xbfInvoiceNo,Quantity\n"))) == "InvoiceNo,Quantity\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,caf\xe9\n", r"line 2, byte 6 \(0xe9\) is not UTF-8; save the file as UTF-8"),
        (b"a\n\0\n", "line 2 holds a NUL character"),
        (b"a\n" + b"x" * (LONGEST_LINE + 2), "line 2 is longer than a MiB"),
        (gzip.compress(b"a,b\n" * 1000)[:-20], "is not a complete gzip file"),
        (b"\x1f\x8b but no gzip", "is not a complete gzip file"),
    ],
    ids=["latin-1", "nul", "endless line", "cut gzip", "no gzip"],
)
def test_content_that_is_not_text_is_refused_with_its_place(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        list(read_lines(written(tmp_path, content)))
