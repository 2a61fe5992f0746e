"""A file made first, by a job: it can be fetched when it is whole, with its length and SHA-256, as often as wanted.

A cancelled or broken job leaves no file. The file is kept for as long as the job's files are (`jobs.operations.KEPT_DAYS`).
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import date
from typing import Any

from exports.files.filters import Filter, UnknownSeries, choose
from exports.files.formats import Format
from exports.files.process import Child, ExportBroke
from exports.files.style import PLAIN, Style
from jobs import operations
from jobs.models import Job
from jobs.registry import Steps
from jobs.work import JobFailed, Work

KIND = "export"
# Each open one may fill the disk by a whole store.
MOST_OPEN = 10
_DAYS = ("date_from", "date_to")


class TooManyOpen(RuntimeError):
    """As many files as may be are waiting or being made."""


def start(wanted: Filter, form: Format, style: Style = PLAIN, *, created_by: str) -> Job:
    """Have the file made; returns the job. Raises `UnknownSeries` or `TooManyOpen`."""
    choose(wanted)
    if Job.objects.filter(kind=KIND, state__in=Job.OPEN).count() >= MOST_OPEN:
        raise TooManyOpen(f"{MOST_OPEN} exports are waiting or being made; cancel one, or try again later.")
    chosen = {name: _text(value) for name, value in asdict(wanted).items()}
    return operations.enqueue(
        KIND, {"format": str(form), "filter": chosen, "style": style.to_json()}, created_by=created_by
    )


def run(work: Work) -> Steps:
    """Make the file, piece by piece; raises `JobFailed`."""
    name = f"invoices.{work.arguments['format']}"
    # A job of an earlier version has no style.
    style = Style.from_json(work.arguments.get("style") or PLAIN.to_json())
    try:
        chosen = choose(_filter(work.arguments["filter"]))
        digest, size = hashlib.sha256(), 0
        with work.write_file(name) as sink:
            for piece in Child(chosen, Format(work.arguments["format"]), style).pieces():
                if piece:
                    sink.write(piece)
                    digest.update(piece)
                    size += len(piece)
                    work.advance(size)
                yield None
    except (UnknownSeries, ExportBroke) as error:
        raise JobFailed(f"The file could not be made: {error}") from error
    return {"bytes": size, "sha256": digest.hexdigest()}


def _text(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _filter(chosen: dict[str, Any]) -> Filter:
    days = {name: date.fromisoformat(chosen[name]) for name in _DAYS if chosen[name]}
    return Filter(**{**chosen, **days})
