"""Reads e-invoices in a process that ends, on behalf of the processes of the Procfile; all others read them themselves.

So no process that stays loads the libraries, and what a broken PDF takes of memory and time is bounded.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from imports.reading.groups import Group
from imports.reading.lines import BadFile
from imports.reading.options import Options
from imports.reading.records import Record
from invoices.documents.types import Document
from runtime import child

ONLY = "line 1"
MODULE = "imports.reading.einvoices.files"
# Less than the limit of the answer to a preview (runtime/limits.py).
WITHIN_SECONDS = 20.0
COSTLY = "The e-invoice takes more time or memory to read than one may; import it with manage.py import_invoices."


def open_file(path: Path, name: str, options: Options) -> tuple[tuple[str, ...], Iterator[Group]]:
    """As `files.open_file`."""
    header, groups = _call("open_file", path, name, options)
    return header, iter(groups)


def read_raw(raw: str, header: Sequence[str], options: Options) -> list[Group]:
    """The document in a quarantined text, which a person may have corrected; `parse` finds its number."""
    return [Group(ONLY, [Record(1, ONLY, raw)])]


def parse(one: Group, header: Sequence[str], options: Options) -> Document:
    """As `files.parse`."""
    document: Document = _call("parse", one, header, options)
    return document


def _call(function: str, *arguments: Any) -> Any:
    """Raises what the function raises, and `BadFile` when the process is killed."""
    # A process with a name is one of the Procfile.
    if not os.environ.get("INVOICEDASH_PROCESS"):
        return getattr(import_module(MODULE), function)(*arguments)
    asked = pickle.dumps((function, arguments))
    try:
        answer = child.run("imports.reading.einvoices.child", asked, within_seconds=WITHIN_SECONDS)
    except child.ChildFailed as error:
        raise BadFile(COSTLY) from error
    # From a process that this one has started.
    found = pickle.loads(answer)  # nosec B301
    if isinstance(found, Exception):
        raise found
    return found
