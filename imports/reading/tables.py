"""What a format of tables is: its columns, and the functions that make documents of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from imports.reading import plain
from imports.reading.dialects import Dialect
from imports.reading.options import Options
from invoices.documents.types import Document

Row = dict[str, str]
# Of the key and the number of a credit note whose rows are also those of an invoice.
CREDIT_SUFFIX = "-R"
Parse = Callable[[str, Sequence[Row], Options], Document]


@dataclass(frozen=True, kw_only=True)
class Credits:
    """The credit notes that rows of an invoice also are: whether they are one, and which."""

    is_in: Callable[[Sequence[Row], Options], bool]
    parse: Parse


@dataclass(frozen=True, kw_only=True)
class Table:
    """A format of tables. `key` is the column of the document's number, None where each row is a document without one.

    `signs`: a file is of this format when it has all columns of one of these sets. `known`: other columns are refused;
    None: they are ignored. `aliases`: names of columns in other languages. `numbers`, `rates` and `dates` are the columns
    that are read by the dialect of the file. `lacks`: options that a file of this format never contains, and needs.
    """

    key: str | None
    signs: tuple[frozenset[str], ...]
    needed: tuple[str, ...]
    parse: Parse
    known: frozenset[str] | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    rates: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    credits: Credits | None = None
    lacks: tuple[str, ...] = ()

    def plain(self, row: Row, dialect: Dialect) -> Row:
        """The row with plain numbers and dates; raises `BadValue` for a text with two readings."""
        return {name: self._plain(name, text, dialect) if text else text for name, text in row.items()}

    def _plain(self, name: str, text: str, dialect: Dialect) -> str:
        if name in self.numbers:
            return plain.plain_number(name, text, dialect)
        if name in self.rates:
            return plain.plain_rate(name, text, dialect)
        return plain.plain_date(name, text, dialect) if name in self.dates else text
