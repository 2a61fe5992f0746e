"""Reads quarantined rows of a file again, with the options that the file was imported with."""

from __future__ import annotations

from django.utils import timezone

from imports import batches
from imports.models import SourceFile
from imports.reading.groups import TooMany
from imports.reading.source import read_raw
from quality.readers import CannotRead, Reader, Result, Rows
from quality.rules import Broken


def retry(rows: Rows) -> Result:
    """Take in the document of `rows`, in the caller's transaction; raises `CannotRead`."""
    file = SourceFile.objects.get(pk=rows.source_id)
    options = file.read_options().waiving(rows.accepted)
    try:
        found = read_raw(rows.text, file.header, options)
    except TooMany as error:
        raise CannotRead(str(error)) from None
    if len(found) != 1:
        keys = ", ".join(group.key[:40] for group in found[:3]) or "none"
        message = f"The rows are of {len(found)} documents ({keys}); they must be of one."
        return Result(broken=Broken("mixed-document", message))
    batch = batches.read(found, file.header, options, timezone.now())
    batches.take_in(batch, options)
    broken = next((broken for _, broken in batch.broken), None)
    return Result(number=next(iter(batch.numbers), ""), broken=broken)


def describe(file_id: int) -> str:
    """The columns of the file."""
    return ", ".join(SourceFile.objects.get(pk=file_id).header) or "one JSON object a line"


READER = Reader(retry=retry, describe=describe)
