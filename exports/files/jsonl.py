"""JSON lines: a whole document a line, written as the API writes it, so that it can be imported again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from django.db.models import QuerySet

from exports.files.rows import read_documents
from invoices.documents.serialize import written
from invoices.models import Invoice

TOLD_EVERY = 200


def write(chosen: QuerySet[Invoice], sink: BinaryIO) -> Iterator[int]:
    """Write the documents; yields how many."""
    count = 0
    for issued in read_documents(chosen):
        sink.write(json.dumps(written(issued), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        count += 1
        if count % TOLD_EVERY == 0:
            yield count
    yield count
