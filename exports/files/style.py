"""How a CSV file is written: for programs, or for the spreadsheet of an accountant. Sent to the process that writes it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class Safe(str):
    """A number or a code of ours as text: no spreadsheet executes it. All other texts are checked."""


class Separator(StrEnum):
    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"


class DecimalMark(StrEnum):
    POINT = "point"
    COMMA = "comma"


class Rows(StrEnum):
    """A row for each document, or for each VAT rate and category of a document."""

    DOCUMENTS = "documents"
    VAT = "vat"


SIGNS = {Separator.COMMA: ",", Separator.SEMICOLON: ";", Separator.TAB: "\t"}


@dataclass(frozen=True, kw_only=True)
class Style:
    """`zone` is where the days of generated invoices begin; other documents have a day of their own."""

    rows: Rows = Rows.DOCUMENTS
    separator: Separator = Separator.COMMA
    decimal_mark: DecimalMark = DecimalMark.POINT
    bom: bool = False
    zone: str = "UTC"

    @property
    def sign(self) -> str:
        return SIGNS[self.separator]

    def number(self, text: str) -> str:
        """`text`, such as `-1234.50`, with the decimal mark."""
        return text.replace(".", ",") if self.decimal_mark == DecimalMark.COMMA else text

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Style:
        given = json.loads(text)
        return cls(
            rows=Rows(given["rows"]), separator=Separator(given["separator"]), bom=given["bom"], zone=given["zone"],
            decimal_mark=DecimalMark(given["decimal_mark"]),
        )  # fmt: skip


PLAIN = Style()
