"""Registry of job kinds. The apps above register the function of each kind in their `ready()`.

A function is registered by its dotted path, so that only the process that runs it imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

from jobs.models import Job

if TYPE_CHECKING:
    from jobs.work import Work

Report = Mapping[str, Any] | None
# A step may yield for how many seconds the job pauses.
Steps = Generator[float | None, None, Report]
Doing = Callable[["Work"], "Report | Steps"]


class UnknownKind(LookupError):
    """No app has registered that kind of job."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The dotted path of a kind's function, and the queue of its jobs."""

    path: str
    queue: Job.Queue


_entries: dict[str, Entry] = {}


def register(kind: str, path: str, *, queue: str = Job.Queue.LONG) -> None:
    """Register the function at the dotted `path` for jobs of `kind`; it takes a `jobs.work.Work`.

    The function returns the job's report or None. It may run twice and be killed anywhere: see `Work.advance`. A
    function that takes longer than a second or two is a generator that yields between transactions: at a yield, other
    jobs of its queue get their turn, and a cancelled job ends. Queue `quick` is for jobs of a few seconds; they never
    wait for a long one.
    """
    _entries[kind] = Entry(path=path, queue=Job.Queue(queue))


def entry(kind: str) -> Entry:
    """The entry of `kind`; raises `UnknownKind`."""
    try:
        return _entries[kind]
    except KeyError:
        raise UnknownKind(
            f"{kind!r} is not a known kind of job: use one of {', '.join(sorted(_entries)) or 'none'}."
        ) from None


def load_function(kind: str) -> Doing:
    """The function for jobs of `kind`, imported now."""
    found: Doing = import_string(entry(kind).path)
    return found
