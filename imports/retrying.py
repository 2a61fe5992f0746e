"""Reads quarantined rows of a file again, with the options that the file was imported with."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from imports import batches
from imports.models import SourceFile
from imports.reading.groups import Group, TooMany
from imports.reading.lines import BadFile
from imports.reading.options import E_INVOICES, Options
from imports.reading.source import read_raw
from imports.reading.variants import split
from invoices.series import WrongSeries
from quality.readers import CannotRead, Reader, Result, Rows
from quality.rules import Broken


def retry(rows: Rows) -> Result:
    """Take in the document of `rows`, in the caller's transaction; raises `CannotRead`."""
    try:
        return _retry(rows)
    except (BadFile, TooMany) as error:
        raise CannotRead(str(error)) from None


def _retry(rows: Rows) -> Result:
    file = SourceFile.objects.get(pk=rows.source_id)
    options = file.read_options().waiving(rows.accepted)
    found = read_raw(rows.text, file.header, options)
    # Rows of an order that was refunded are an invoice and a credit note, and each is kept by itself.
    found = [one for one in found if not one.is_credit or one.key == rows.key] if len(found) > 1 else found
    found = [one for one in found if one.is_credit] or found
    if "mixed-document" in rows.accepted:
        found = [part for one in found for part in split(one, file.header)]
    elif len(found) != 1:
        keys = ", ".join(group.key[:40] for group in found[:3]) or "none"
        message = f"The rows are of {len(found)} documents ({keys}); they must be of one."
        return Result(broken=Broken("mixed-document", message))
    for one in found:
        one.occurrence = rows.occurrence
    try:
        return Result(numbers=_take_in(found, file, options))
    except Broken as broken:
        return Result(broken=broken)


@transaction.atomic
def _take_in(found: Sequence[Group], file: SourceFile, options: Options) -> tuple[str, ...]:
    """Issue all documents of `found`, or none; their numbers. Raises `Broken`."""
    batch = batches.read(found, file.header, options, timezone.now())
    try:
        batches.take_in(batch, options)
    except WrongSeries as error:
        raise Broken("refused", str(error)) from error
    for _, broken in batch.broken:
        raise broken
    return tuple(batch.numbers)


def describe(file_id: int) -> str:
    """The columns of the file, or what it holds instead."""
    file = SourceFile.objects.get(pk=file_id)
    if file.options["format"] in E_INVOICES:
        return "the XML of one e-invoice"
    return ", ".join(file.header) or "one JSON object a line"


READER = Reader(retry=retry, describe=describe)
