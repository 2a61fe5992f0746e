"""Who does which kind of job. The apps above register their work here, each in its `ready()`.

Work is named by its dotted path, so that only the process that does it imports it.
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
Steps = Generator[None, None, Report]
Doing = Callable[["Work"], "Report | Steps"]


class UnknownKind(LookupError):
    """No app has registered work of that kind."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The dotted path of a kind's function, and the lane it is worked in."""

    path: str
    lane: Job.Lane


_entries: dict[str, Entry] = {}


def register(kind: str, path: str, *, lane: str = Job.Lane.LONG) -> None:
    """Have jobs of `kind` done by the function at the dotted `path`, which takes a `jobs.work.Work`.

    It returns the job's report or None. It may run twice and be killed anywhere: see `Work.advance`. A function that takes
    longer than a second or two is a generator, which yields between transactions: there other jobs of its lane get their
    turn, and a cancelled job ends. Lane `quick` is for what takes seconds; its jobs never wait for a long one.
    """
    _entries[kind] = Entry(path=path, lane=Job.Lane(lane))


def entry(kind: str) -> Entry:
    """What is registered for `kind`; raises `UnknownKind`."""
    try:
        return _entries[kind]
    except KeyError:
        raise UnknownKind(
            f"Nobody does jobs of kind {kind!r}; known are {', '.join(sorted(_entries)) or 'none'}."
        ) from None


def load_function(kind: str) -> Doing:
    """The function that does jobs of `kind`, imported now."""
    found: Doing = import_string(entry(kind).path)
    return found
