"""A preview of an import: what a file is understood to be, and its first documents. It stores nothing."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from imports.batches import prefix_of
from imports.models import SourceFile
from imports.presenting import present_document
from imports.reading import detecting, guessing, source
from imports.reading.detecting import Detected
from imports.reading.groups import Group, TooMany
from imports.reading.lines import BadFile, NotUtf8
from imports.reading.mappings import ColumnMapping
from imports.reading.options import Format, Options
from imports.reading.readers import reader_of
from imports.reading.table_files import check_columns
from quality.rules import Broken

MOST_DOCUMENTS = MOST_HELD = 20
# A web process reads so much for a person who waits. Without the count of rows, the file has more.
MOST_ROWS = 5000
# Less than the limit of the answer (runtime/limits.py).
MOST_SECONDS = 25
# Stands for the seller while the person has not named one.
_SELLER = "?"


@dataclass(kw_only=True)
class Preview:
    """`needed`: fields of the mapping and options that are missing. `mapping_from`: given, kept or guessed."""

    detected: dict[str, Any]
    options: dict[str, Any]
    mapping: dict[str, Any] | None = None
    mapping_from: str | None = None
    needed: list[str] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)


def preview(path: Path, name: str, chosen: Options) -> Preview:
    """What the file at `path` is, with its first documents; raises `BadFile`."""
    with tempfile.TemporaryDirectory(dir=settings.INVOICEDASH_DATA_DIR) as folder:
        detected = _detect(path, name, chosen, Path(folder))
        detected, mapping_from = _mapped(detected)
        try:
            return _preview(detected, name, mapping_from)
        except NotUtf8:
            return _preview(detected.in_windows(), name, mapping_from)


def _preview(detected: Detected, name: str, mapping_from: str | None) -> Preview:
    options = detected.options
    mapping = options.mapping if options.format == Format.TABLE else None
    found = Preview(
        detected=detected.as_json(None),
        options={each: options.as_json()[each] for each in ("series", "seller", "timezone", "vat_rate", "currency")},
        mapping=mapping.as_json() if mapping else None,
        mapping_from=mapping_from,
        needed=[*(mapping.missing() if mapping else []), *source.missing_options(detected)],
    )
    if mapping:
        check_columns(name, detected.columns, mapping)
    if mapping is None or not mapping.missing():
        _read(found, detected, name)
    return found


def _read(found: Preview, detected: Detected, name: str) -> None:
    options = detected.options
    readable = options if options.seller else replace(options, seller=_SELLER)
    header, groups = reader_of(options).open(detected.text_path, name, options)
    rows, is_whole = 0, True
    try:
        for one in groups:
            rows += one.record_count
            if rows > MOST_ROWS:
                is_whole = False
                break
            _add(found, one, header, readable)
    except TooMany as error:
        raise BadFile(f"{name} is refused: {error}") from None
    found.detected["rows"] = rows if is_whole else None


def _add(found: Preview, one: Group, header: Sequence[str], options: Options) -> None:
    """Add a document or its reason to be held, while there is room for it."""
    if len(found.documents) >= MOST_DOCUMENTS and len(found.held) >= MOST_HELD:
        return
    try:
        document = source.understand(one, header, options, timezone.now())
        if len(found.documents) < MOST_DOCUMENTS:
            shown = present_document(document, prefix_of(document.kind, options))
            if shown["seller"] == {"name": _SELLER}:
                shown["seller"] = {"name": ""}
            found.documents.append(shown)
    except Broken as broken:
        if len(found.held) < MOST_HELD:
            found.held.append({"line": one.line, "rule": broken.rule.id, "message": str(broken)})


def _mapped(detected: Detected) -> tuple[Detected, str | None]:
    """With a mapping for a table that no format has: the one that such a file was imported with, else a guess."""
    options = detected.options
    is_table = options.format == Format.TABLE
    if options.format is not None and not (is_table and not (options.mapping and options.mapping.columns)):
        return detected, "given" if is_table else None
    kept = find_kept(detected.columns)
    mapping = _fitting(kept, options) if kept else guessing.guess(detected.columns)
    chosen = replace(options, format=Format.TABLE, mapping=mapping)
    if kept:
        chosen = _with_kept(chosen, kept)
    return detected.with_options(chosen), "kept" if kept else "guess"


def find_kept(columns: Iterable[str]) -> Options | None:
    """The options of the newest file that was imported by a mapping and has the same columns."""
    files = SourceFile.objects.filter(header=list(columns), options__has_key="mapping").order_by("-pk")
    file = files.first()
    return file.read_options() if file else None


def _fitting(kept: Options, given: Options) -> ColumnMapping:
    mapping = kept.mapping or ColumnMapping()
    marks = given.mapping
    if marks is None:
        return mapping
    return replace(mapping, decimal_mark=marks.decimal_mark, date_order=marks.date_order)


def _with_kept(chosen: Options, kept: Options) -> Options:
    """What was not given as it was for the kept file."""
    plain = Options(format=None)
    names = ("series", "seller", "timezone", "vat_rate", "currency")
    return replace(
        chosen, **{name: getattr(kept, name) for name in names if getattr(chosen, name) == getattr(plain, name)}
    )


def _detect(path: Path, name: str, chosen: Options, folder: Path) -> Detected:
    """What the file is; raises `BadFile` when that takes longer than a person waits."""
    deadline = time.monotonic() + MOST_SECONDS
    with contextlib.closing(detecting.detect_steps(path, name, chosen, folder, MOST_ROWS)) as steps:
        while time.monotonic() < deadline:
            try:
                next(steps)
            except StopIteration as end:
                detected: Detected = end.value
                return detected
    raise BadFile(f"{name} takes longer to read than a preview may ({MOST_SECONDS} s); save its sheet as CSV.")
