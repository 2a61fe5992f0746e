"""How quarantined rows are read again. Each source of rows registers its reader, in its `ready()`.

A reader is named by its dotted path, so that only the process that reads imports it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.module_loading import import_string

from quality.rules import Broken


class UnknownSource(LookupError):
    """No app has registered a reader for this source."""


class CannotRead(ValueError):
    """The text is beyond what the source reads at once; the message names the bound."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of one document: the text to read, and the rules that a person has accepted for it.

    `occurrence` is its place, from 1, among the records of its source with the same rows.
    """

    source_id: int
    key: str
    text: str
    accepted: frozenset[str] = frozenset()
    occurrence: int = 1


@dataclass(frozen=True, kw_only=True)
class Result:
    """The result of rows that were read again: the issued numbers, or the broken rule.

    Both are empty when the document was issued already.
    Several numbers are issued only for rows that a person has accepted as several documents.
    """

    numbers: tuple[str, ...] = ()
    broken: Broken | None = None


@dataclass(frozen=True, kw_only=True)
class Reader:
    """`retry` reads rows and takes in their document, in the caller's transaction; it raises `CannotRead`.

    `describe` takes the source's id and returns what the rows consist of, for the person who corrects them.
    """

    retry: Callable[[Rows], Result]
    describe: Callable[[int], str]


_paths: dict[str, str] = {}


def register(source: str, path: str) -> None:
    """Read rows of `source` again by the `Reader` at the dotted `path`."""
    _paths[source] = path


def reader_of(source: str) -> Reader:
    """The reader of `source`, imported now; raises `UnknownSource`."""
    try:
        found: Reader = import_string(_paths[source])
    except KeyError:
        known = ", ".join(sorted(_paths)) or "none"
        raise UnknownSource(f"No reader is registered for source {source!r}; registered are: {known}.") from None
    return found
