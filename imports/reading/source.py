"""The public module of `imports.reading`: reads a file as documents, in the same order on each reading."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from imports.reading import groups, invoices_csv, json_documents, lines, online_retail, records
from imports.reading.groups import Group
from imports.reading.lines import BadFile
from imports.reading.options import E_INVOICES, Format, Options
from imports.reading.values import BadValue
from invoices.documents.characters import normalize_document
from invoices.documents.types import Accept, Document
from invoices.validation.amounts import lint_own_amounts
from invoices.validation.document import lint
from quality.rules import Broken

_KEYS = {Format.ONLINE_RETAIL: online_retail.KEY, Format.INVOICES_CSV: invoices_csv.KEY}
_NEEDED = {Format.ONLINE_RETAIL: online_retail.COLUMNS, Format.INVOICES_CSV: invoices_csv.REQUIRED}
_KNOWN = {
    Format.ONLINE_RETAIL: online_retail.COLUMNS,
    Format.INVOICES_CSV: (*invoices_csv.COLUMNS, *invoices_csv.NOT_READ),
}
_PARSERS = {Format.ONLINE_RETAIL: online_retail.parse, Format.INVOICES_CSV: invoices_csv.parse}
FUTURE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What a first reading found: what the file is, how much is in it, and the keys of torn documents."""

    sha256: str
    size: int
    header: tuple[str, ...]
    record_count: int
    document_count: int
    split: frozenset[str]


def scan_steps(path: Path, options: Options, most_broken: int) -> Generator[None, None, Scan]:
    """Read the whole file once, in bounded memory, and yield now and then.

    Raises `BadFile` for what cannot be read at all, or when more than `most_broken` documents cannot be read.
    """
    header, found = _open(path, options)
    try:
        record_count, document_count, split = yield from groups.find_split(found, most_broken)
    except groups.TooMany as error:
        raise BadFile(f"{path.name} is refused: {error} Nothing of it was taken.") from None
    if not record_count:
        raise BadFile(f"{path.name} holds no rows; send one that does.")
    is_json = options.format == Format.JSON
    return Scan(
        sha256=lines.digest(path),
        size=path.stat().st_size,
        header=header,
        record_count=record_count,
        document_count=document_count,
        split=frozenset() if is_json else split,
    )


def read(path: Path, options: Options, scanned: Scan) -> Iterator[Group]:
    """The documents of the file as groups of records."""
    _, found = _open(path, options)
    return groups.mark_split(found, scanned.split)


def read_raw(raw: str, header: Sequence[str], options: Options) -> list[Group]:
    """The documents in a quarantined text, which a person may have corrected."""
    if options.format in E_INVOICES:
        from imports.reading.einvoices import files

        return files.read_raw(raw, header, options)
    found = raw.splitlines(keepends=True)
    if options.format == Format.JSON:
        return list(groups.group(records.json_records(found), window=0))
    return list(groups.group(records.csv_records(found, header, _KEYS[options.format], 1)))


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


def _parse(one: Group, header: Sequence[str], options: Options) -> Document:
    if options.format in E_INVOICES:
        from imports.reading.einvoices import files

        document = files.parse(one, header, options)
    elif options.format == Format.JSON:
        document = json_documents.parse(one.records[0].values, options)
    else:
        rows = [dict(zip(header, record.values, strict=True)) for record in one.records]
        document = _PARSERS[options.format](one.key, rows, options)
    accepted = tuple(word for word in Accept if word in options.waived and word not in document.accepted)
    return normalize_document(replace(document, accepted=(*document.accepted, *accepted)) if accepted else document)


def _open(path: Path, options: Options) -> tuple[tuple[str, ...], Iterator[Group]]:
    if options.format in E_INVOICES:
        from imports.reading.einvoices import files

        return files.open_file(path, path.name, options)
    text = lines.read_lines(path)
    if options.format == Format.JSON:
        return (), groups.group(records.json_records(text), window=0)
    header = records.csv_header(text)
    _check_header(path, header, options.format)
    return tuple(header), groups.group(records.csv_records(text, header, _KEYS[options.format]))


def _check_header(path: Path, header: Sequence[str], form: Format) -> None:
    if missing := [name for name in _NEEDED[form] if name not in header]:
        raise BadFile(f"{path.name} has no column {', '.join(missing)}; {form} needs it. Is it of another format?")
    if unknown := [name for name in header if name not in _KNOWN[form]]:
        raise BadFile(f"{path.name} has a column {unknown[0][:40]!r}, which {form} does not know; rename or remove it.")
    if len(set(header)) < len(header):
        raise BadFile(f"{path.name} has a column twice; a name belongs to one.")


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
