"""A PostgreSQL of the model, as lists; every method is one whole transaction at `now`."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from invoices.generation.due import due_count, target_count, tick_limit
from streaming.display import Display
from tests.system.chaos.truth import Entry, Issued, Run, Series, Shown, Skip, Truth

START = datetime(2026, 11, 21, tzinfo=UTC)
PRICE = Decimal("11.50")
ACTIVE = ("running", "stopping")


class Refused(Exception):
    """A rule of the database forbids it."""


@dataclass
class RunRow:
    id: int
    series_id: int
    rate: Decimal
    duration: int
    target: int
    started_at: datetime
    state: str = "running"
    final: int | None = None
    stopped_at: datetime | None = None
    # Who holds its lock: the tick at work.
    holder: object | None = None
    issued: list[Issued] = field(default_factory=list)


@dataclass
class SeriesRow:
    id: int
    last_ordinal: int = 0
    is_open: bool = True

    @property
    def prefix(self) -> str:
        return f"T{self.id}"


@dataclass
class CursorRow:
    position: int = 0
    last_seq: int = 0
    skipped: int = 0
    cleared_seq: int | None = None
    mode: str = "every"
    rate: Decimal = Decimal(40)
    due_at: datetime = START
    shown_at: datetime | None = None


class Store:
    """The truth of one feed."""

    def __init__(self) -> None:
        self.now = START
        self.series = [SeriesRow(1)]
        self.runs: list[RunRow] = []
        self.head = 0
        self.entries: list[Entry] = []
        self._firsts: list[int] = []
        self.cursor = CursorRow()
        self.shown: list[Shown] = []
        self.skips: list[Skip] = []
        self.changed_at = START

    # -- runs ------------------------------------------------------------------------------------------------------

    def active(self) -> RunRow | None:
        return next((run for run in self.runs if run.state in ACTIVE), None)

    def insert_run(self, rate: Decimal, duration: int) -> RunRow:
        if self.active():
            raise Refused("A run is active.")
        target = target_count(rate, duration)
        run = RunRow(len(self.runs) + 1, self.series[-1].id, rate, duration, target, self.now)
        self.runs.append(run)
        return run

    def owed(self, run: RunRow) -> tuple[int, int]:
        """The first ordinal that is due and not issued, and how many a tick issues from there."""
        issued = len(run.issued)
        due = due_count(rate_per_second=run.rate, target=run.target, elapsed=self.now - run.started_at)
        return issued + 1, max(0, min(due - issued, tick_limit(run.rate)))

    def issue(self, run: RunRow, first: int, count: int) -> None:
        """Numbers, invoices, announcement; the last invoice completes the run."""
        if count and first != len(run.issued) + 1:
            raise Refused("An ordinal of a run is unique.")
        series = self.series[run.series_id - 1]
        if count:
            self.entries.append(
                Entry(first=self.head + 1, count=count, at=self.now, series_id=series.id,
                      first_ordinal=series.last_ordinal + 1)
            )  # fmt: skip
            self._firsts.append(self.head + 1)
            run.issued += [Issued(run_id=run.id, ordinal=first + i, at=self.now) for i in range(count)]
            series.last_ordinal += count
            self.head += count
            self.changed_at = self.now
        if len(run.issued) >= run.target and run.state == "running":
            self.end_run(run, "completed")

    def end_run(self, run: RunRow, state: str) -> None:
        run.state, run.final, run.stopped_at = state, len(run.issued), self.now

    # -- the feed --------------------------------------------------------------------------------------------------

    def skip_queued(self, *, clear: bool) -> None:
        cursor = self.cursor
        if self.head > cursor.position:
            why = "reset" if clear else "skip"
            self.skips.append(Skip(first=cursor.position + 1, last=self.head, seq=cursor.last_seq, why=why))
        cursor.skipped += self.head - cursor.position
        cursor.position = self.head
        if clear:
            cursor.cleared_seq = cursor.last_seq

    def purge(self) -> None:
        self.series[-1].is_open = False
        self.series.append(SeriesRow(len(self.series) + 1))
        self.changed_at = self.now

    def source_of(self, position: int) -> tuple[SeriesRow, int]:
        entry = self.entries[bisect_right(self._firsts, position) - 1]
        return self.series[entry.series_id - 1], entry.first_ordinal + position - entry.first

    def item(self, position: int) -> str:
        """The JSON text of the invoice at `position`."""
        series, ordinal = self.source_of(position)
        return f'{{"invoice_number":"{series.prefix}-{ordinal:06d}","total_amount":"{PRICE}"}}'

    def announced_at(self, position: int) -> datetime | None:
        """When the row at `position` was put on the feed; None when there is none yet."""
        return self.entries[bisect_right(self._firsts, position) - 1].at if position <= self.head else None

    @property
    def invoice_count(self) -> int:
        return sum(series.last_ordinal for series in self.series if series.is_open)

    # -- what is read of it ----------------------------------------------------------------------------------------

    def display(self) -> Display:
        cursor = self.cursor
        return Display(
            feed="demo", epoch="model", announced_count=self.head, position=cursor.position, last_seq=cursor.last_seq,
            skipped_count=cursor.skipped, cleared_seq=cursor.cleared_seq, mode=cursor.mode,
            rate_per_second=cursor.rate, grid_at=cursor.due_at, due_at=cursor.due_at,
            next_announced_at=self.announced_at(cursor.position + 1), now=self.now,
        )  # fmt: skip

    def truth(self) -> Truth:
        """As the checker reads it from PostgreSQL."""
        series = [
            Series(id=s.id, prefix=s.prefix, last_ordinal=s.last_ordinal, is_open=s.is_open, issued=s.last_ordinal)
            for s in self.series
        ]
        numbers = [f"{s.prefix}-{n:06d}" for s in series if s.is_open for n in range(1, s.last_ordinal + 1)]
        return Truth(
            head=self.head, position=self.cursor.position, last_seq=self.cursor.last_seq, skipped=self.cursor.skipped,
            cleared_seq=self.cursor.cleared_seq, invoice_count=len(numbers), total_amount=PRICE * len(numbers),
            runs=[self._run(run) for run in self.runs], entries=self.entries, series={s.id: s for s in series},
            shown=self.shown, skips=self.skips, issued=[each for run in self.runs for each in run.issued],
            totals=dict.fromkeys(numbers, PRICE),
        )  # fmt: skip

    def _run(self, run: RunRow) -> Run:
        ordinals = [each.ordinal for each in run.issued]
        return Run(
            id=run.id, state=run.state, rate=run.rate, duration=run.duration, target=run.target, final=run.final,
            started_at=run.started_at, stopped_at=run.stopped_at, issued=len(ordinals), distinct=len(set(ordinals)),
            last=max(ordinals, default=0), is_open=self.series[run.series_id - 1].is_open,
        )  # fmt: skip
