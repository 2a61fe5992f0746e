"""Texts of shops in the form that documents accept: visible characters on one line, not too long."""

from __future__ import annotations

import re

from invoices.documents.characters import find_hidden, normalize

_BAD = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: object, length: int = 200) -> str:
    """`text` in NFC on one line, without control and hidden characters, cut to `length` characters."""
    line = " ".join(_BAD.sub("", normalize("" if text is None else str(text))).split())
    while (hidden := find_hidden(line)) is not None:
        line = line.replace(hidden, "")
    return line[:length].strip()
