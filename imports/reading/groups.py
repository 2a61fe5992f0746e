"""Groups records into documents: the rows of one number, also with a few others in between, in bounded memory.

A document is complete or broken: rows that stand too far apart, or an unreadable row next to the document, break all
of it.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from imports.reading.records import Record
from quality.rules import Broken

# A document is closed when this many records of other documents have followed its last record.
WINDOW = 2000
# Bounds of memory: the records of a document are kept together, and its key is remembered.
MOST_RECORDS = 20_000
MOST_DOCUMENTS = 2_000_000
MOST_CHARACTERS = 32 * 1024**2
# A reading of a large file pauses after this many documents.
READ_AT_ONCE = 2000


class TooMany(ValueError):
    """The file exceeds a limit; the text is a sentence that names the limit."""


@dataclass(slots=True)
class Group:
    """The records of one document, in the order of the file."""

    key: str
    records: list[Record] = field(default_factory=list)
    last: int = 0
    broken: Broken | None = None
    # A second document of the same rows: the credit note of an order that was refunded.
    is_credit: bool = False
    # Which of the equal records without a number it is, from 1: two equal sales are two documents.
    occurrence: int = 1

    @property
    def line(self) -> int:
        return self.records[0].line

    @property
    def raw(self) -> str:
        return "".join(record.raw for record in self.records)

    @property
    def whole_raw(self) -> str:
        """The rows with the end of the last line, which the last line of a file may lack."""
        raw = self.raw
        return raw if raw.endswith("\n") else f"{raw}\n"

    @property
    def record_count(self) -> int:
        """How many records count as read with this document: each record once."""
        return 0 if self.is_credit else len(self.records)

    @property
    def size(self) -> int:
        """How many characters its rows have."""
        return sum(len(record.raw) for record in self.records)


def group(records: Iterable[Record], *, window: int = WINDOW) -> Iterator[Group]:
    """The documents, each when it is closed. `window` 0: every record is a document of its own."""
    opened: OrderedDict[str, Group] = OrderedDict()
    previous: Group | None = None
    unsure: Record | None = None
    held = 0
    for index, record in enumerate(records):
        here = opened.setdefault(record.key, Group(record.key))
        here.records.append(record)
        held += len(record.raw)
        _check_memory(here, record, held)
        here.last = index
        opened.move_to_end(record.key)
        if unsure is not None and previous is not here:
            _taint(here, unsure)
        unsure = None
        if record.problem or not record.key:
            here.broken = here.broken or _broken(record)
            if previous is not None and previous is not here:
                _taint(previous, record)
            unsure = record if previous is not here else None
        previous = here
        while opened and index - next(iter(opened.values())).last >= window:
            _, closed = opened.popitem(last=False)
            held -= closed.size
            yield closed
    yield from sorted(opened.values(), key=lambda one: one.line)


def find_repeated(
    groups: Iterable[Group], most_broken: int = MOST_DOCUMENTS
) -> Generator[None, None, tuple[int, int, frozenset[str]]]:
    """How many records and documents there are, and the identities of those that come again (`identity_of`).

    Some 70 bytes per document are remembered, and the few keys that come again. Yields after each `READ_AT_ONCE` documents.
    Raises `TooMany` for more than `MOST_DOCUMENTS`, or for more than `most_broken` that cannot be read.
    """
    seen: set[int] = set()
    again: set[str] = set()
    records = documents = broken = 0
    for one in groups:
        documents += 1
        records += one.record_count
        broken += one.broken is not None
        _check_bounds(documents, broken, most_broken)
        if documents % READ_AT_ONCE == 0:
            yield
        identity = identity_of(one)
        if (mark := hash(identity)) in seen:
            again.add(identity)
        seen.add(mark)
    return records, documents, frozenset(again)


def _check_memory(here: Group, record: Record, held: int) -> None:
    if len(here.records) > MOST_RECORDS:
        raise TooMany(
            f"the document {record.key[:40]!r} at line {record.line} has more than {MOST_RECORDS:,} rows; "
            "give each document a number of its own."
        )
    if held > MOST_CHARACTERS:
        raise TooMany(
            f"its rows around line {record.line} are too long to be read together: {WINDOW:,} rows may hold "
            f"{MOST_CHARACTERS:,} characters; shorten them."
        )


def _check_bounds(documents: int, broken: int, most_broken: int) -> None:
    if broken > most_broken:
        raise TooMany(f"more than {most_broken:,} of its documents cannot be read.")
    if documents > MOST_DOCUMENTS:
        raise TooMany(f"it holds more than {MOST_DOCUMENTS:,} documents; split it.")


def identity_of(one: Group) -> str:
    """What a document is known by in its file: its key, or a digest of its text where it has no number."""
    if not one.records[0].is_unnumbered:
        return one.key
    return blake2b(one.whole_raw.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def mark_repeated(groups: Iterable[Group], repeated: Collection[str], *, has_rows: bool = True) -> Iterator[Group]:
    """The same groups. Of those in `repeated`, equal ones without a number are counted: each is a document of its own.

    `has_rows`: a document may have several records, and one of which some stand apart is broken.
    """
    counts: Counter[str] = Counter()
    for one in groups:
        if repeated and (identity := identity_of(one)) in repeated:
            if one.records[0].is_unnumbered:
                counts[identity] += 1
                one.occurrence = counts[identity]
            elif has_rows and one.broken is None:
                one.broken = Broken(
                    "split-document",
                    f"Rows of {one.key} stand more than {WINDOW:,} rows apart; sort the file by its numbers.",
                )
        yield one


def _broken(record: Record) -> Broken:
    if record.problem:
        return Broken("unreadable", f"Line {record.line}: {record.problem}; correct the line.")
    return Broken("no-number", f"Line {record.line} has no number; say which document it belongs to.")


def _taint(neighbour: Group, record: Record) -> None:
    """An unreadable record may belong to the document before it or after it."""
    if neighbour.broken is None:
        neighbour.broken = Broken(
            "beside-unreadable",
            f"Line {record.line} beside it cannot be read and may belong to it; correct that line first.",
        )
