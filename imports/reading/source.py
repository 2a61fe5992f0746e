"""The public module of `imports.reading`: reads a file as documents, in the same order on each reading."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from imports.reading import formats, groups, lines
from imports.reading.detecting import Detected, detect_steps
from imports.reading.groups import Group
from imports.reading.lines import BadFile, NotUtf8
from imports.reading.looks import Kind
from imports.reading.options import Options
from imports.reading.readers import reader_of
from imports.reading.values import BadValue
from invoices.documents.characters import normalize_document
from invoices.documents.types import Accept, Document
from invoices.validation.amounts import lint_own_amounts
from invoices.validation.document import lint
from quality.rules import Broken

FUTURE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What a first reading found: what the file is, how much is in it, and the documents that come again in it.

    `options` are those of the import with the format and the dialect of the file; `path` is the file as text.
    """

    sha256: str
    size: int
    options: Options
    path: Path
    header: tuple[str, ...]
    record_count: int
    document_count: int
    repeated: frozenset[str]
    detected: dict[str, Any]


def scan_steps(
    path: Path, options: Options, most_broken: int, folder: Path, name: str = ""
) -> Generator[None, None, Scan]:
    """Read the whole file once, in bounded memory, and yield now and then. A workbook is converted into `folder`.

    Raises `BadFile` for what cannot be read at all, or when more than `most_broken` documents cannot be read.
    """
    name = name or path.name
    detected = yield from detect_steps(path, name, options, folder)
    if detected.options.format is None:
        raise BadFile(_no_format(name, detected.columns))
    try:
        return (yield from _scan(path, name, detected, most_broken))
    except NotUtf8:
        return (yield from _scan(path, name, detected.in_windows(), most_broken))


def read(scanned: Scan) -> Iterator[Group]:
    """The documents of the file as groups of records."""
    reader = reader_of(scanned.options)
    _, found = reader.open(scanned.path, scanned.path.name, scanned.options)
    return groups.mark_repeated(found, scanned.repeated, has_rows=reader.has_rows)


def read_raw(raw: str, header: Sequence[str], options: Options) -> list[Group]:
    """The documents in a quarantined text, which a person may have corrected."""
    return reader_of(options).read_raw(raw, header, options)


def understand(one: Group, header: Sequence[str], options: Options, now: datetime) -> Document:
    """The document that a group is; raises `Broken` when its rows break a rule."""
    if one.broken is not None:
        raise one.broken
    try:
        document = _parse(one, header, options)
    except BadValue as error:
        raise Broken("bad-value", f"Line {one.line}: {error}") from None
    if document.issued_at > now + FUTURE and "future-date" not in options.waived:
        raise Broken("future-date", f"It is dated {document.issued_at.isoformat()}; accept it, or correct the date.")
    if findings := lint(document) or lint_own_amounts(document):
        raise Broken("invalid", " ".join(f"{each.field}: {each.message}" for each in findings[:5]))
    return document


def missing_options(detected: Detected) -> list[str]:
    """The options that documents need, and that neither the file nor the import has."""
    chosen = detected.options
    if chosen.format is None or reader_of(chosen).kind != Kind.TABLE:
        return []
    return [name for name in formats.table_of(chosen).lacks if getattr(chosen, name) in (None, "")]


def _no_format(name: str, columns: Sequence[str]) -> str:
    return (
        f"{name} has columns that no format has ({', '.join(columns)[:300] or 'none'}); name the columns of its documents "
        "in a mapping. The page Imports guesses one."
    )


def _scan(path: Path, name: str, detected: Detected, most_broken: int) -> Generator[None, None, Scan]:
    header, found = reader_of(detected.options).open(detected.text_path, name, detected.options)
    if missing := missing_options(detected):
        what = " and ".join(missing)
        raise BadFile(
            f"{name}: {detected.options.format} does not contain {what}; give it as an option. Nothing of it was taken."
        )
    try:
        record_count, document_count, repeated = yield from groups.find_repeated(found, most_broken)
    except groups.TooMany as error:
        raise BadFile(f"{name} is refused: {error} Nothing of it was taken.") from None
    if not record_count:
        raise BadFile(f"{name} holds no rows; send one that does.")
    return Scan(
        sha256=lines.digest(path),
        size=path.stat().st_size,
        options=detected.options,
        path=detected.text_path,
        header=header,
        record_count=record_count,
        document_count=document_count,
        repeated=repeated,
        detected=detected.as_json(record_count),
    )


def _parse(one: Group, header: Sequence[str], options: Options) -> Document:
    document = reader_of(options).parse(one, header, options)
    accepted = tuple(word for word in Accept if word in options.waived and word not in document.accepted)
    return normalize_document(replace(document, accepted=(*document.accepted, *accepted)) if accepted else document)


def expand(paths: Iterable[Path]) -> list[Path]:
    """The files to read, folders by the names of their files; raises `BadFile` for what is not there."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise BadFile(f"{path} does not exist.")
        inside = _inside(path) if path.is_dir() else [path]
        if not inside:
            raise BadFile(f"{path} holds no file.")
        found.extend(inside)
    return found


def _inside(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if child.is_file() and not child.name.startswith("."))
