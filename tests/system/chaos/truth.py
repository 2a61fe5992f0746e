"""Reads the state of PostgreSQL after a schedule, in one snapshot and without code of the product."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg

FEED = "demo"


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The state of the feed when the schedule began; earlier rows belong to other schedules."""

    position: int
    last_seq: int
    run_id: int
    series_count: int


@dataclass(frozen=True, kw_only=True)
class Run:
    """`issued`, `distinct` and `last` are counted from the invoices; `is_open` is false once its series was purged."""

    id: int
    state: str
    rate: Decimal
    duration: int
    target: int
    final: int | None
    started_at: datetime
    stopped_at: datetime | None
    issued: int
    distinct: int
    last: int
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Issued:
    """One invoice of a run, and the moment it was written."""

    run_id: int
    ordinal: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Entry:
    first: int
    count: int
    at: datetime
    series_id: int
    first_ordinal: int


@dataclass(frozen=True, kw_only=True)
class Series:
    id: int
    prefix: str
    last_ordinal: int
    is_open: bool
    issued: int


@dataclass(frozen=True, kw_only=True)
class Shown:
    seq: int
    position: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Skip:
    first: int
    last: int
    seq: int
    why: str


@dataclass(kw_only=True)
class Truth:
    """Everything on the demo feed since the baseline (series and entries: all of them)."""

    head: int
    position: int
    last_seq: int
    skipped: int
    cleared_seq: int | None
    invoice_count: int
    total_amount: Decimal
    runs: list[Run]
    entries: list[Entry]
    series: dict[int, Series]
    shown: list[Shown]
    skips: list[Skip]
    issued: list[Issued] = field(default_factory=list)
    totals: dict[str, Decimal] = field(default_factory=dict)

    def source_of(self, position: int) -> tuple[Series, int]:
        """Whose row lies at `position`: its series, and its ordinal there."""
        index = bisect_right(self.entries, position, key=lambda entry: entry.first) - 1
        entry = self.entries[index]
        return self.series[entry.series_id], entry.first_ordinal + position - entry.first

    def number_at(self, position: int) -> str:
        series, ordinal = self.source_of(position)
        return f"{series.prefix}-{ordinal:06d}"


def read_baseline(connection: psycopg.Connection[Any]) -> Baseline:
    row = connection.execute(
        "SELECT position, last_seq, (SELECT coalesce(max(id), 0) FROM invoices_run),"
        " (SELECT count(*) FROM invoices_series WHERE feed_id = 'demo') FROM streaming_cursor WHERE feed_id = 'demo'"
    ).fetchone()
    assert row is not None
    return Baseline(position=row[0], last_seq=row[1], run_id=row[2], series_count=row[3])


def read_counts(connection: psycopg.Connection[Any]) -> int:
    """How many invoices the totals of the demo feed show."""
    row = connection.execute(
        "SELECT coalesce(sum(t.invoice_count), 0)::bigint FROM invoices_totals t JOIN invoices_series s"
        " ON s.id = t.series_id WHERE s.feed_id = 'demo' AND s.closed_at IS NULL"
    ).fetchone()
    assert row is not None
    return int(row[0])


def is_quiet(connection: psycopg.Connection[Any]) -> bool:
    """Whether no run is active and nothing is queued."""
    row = connection.execute(
        "SELECT NOT EXISTS (SELECT 1 FROM invoices_run WHERE state IN ('running', 'stopping')) AND"
        " (SELECT f.position = c.position FROM streaming_feed f JOIN streaming_cursor c ON c.feed_id = f.name"
        "  WHERE f.name = 'demo')"
    ).fetchone()
    return bool(row and row[0])


def read_truth(connection: psycopg.Connection[Any], since: Baseline) -> Truth:
    """Read it all in one snapshot."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        head = connection.execute(_HEAD).fetchone()
        assert head is not None
        rows = {name: connection.execute(sql, vars(since)).fetchall() for name, sql in _QUERIES.items()}
    series = {row[0]: Series(**dict(zip(_SERIES_FIELDS, row, strict=True))) for row in rows["series"]}
    return Truth(
        head=head[0],
        position=head[1],
        last_seq=head[2],
        skipped=head[3],
        cleared_seq=head[4],
        invoice_count=head[5],
        total_amount=head[6],
        series=series,
        runs=[Run(**dict(zip(_RUN_FIELDS, row, strict=True))) for row in rows["runs"]],
        entries=[Entry(**dict(zip(_ENTRY_FIELDS, row, strict=True))) for row in rows["entries"]],
        shown=[Shown(seq=row[0], position=row[1], at=row[2]) for row in rows["shown"]],
        skips=[Skip(first=row[0], last=row[1], seq=row[2], why=row[3]) for row in rows["skips"]],
        issued=[Issued(run_id=row[0], ordinal=row[1], at=row[2]) for row in rows["issued"]],
        totals=dict(rows["totals"]),
    )


_SERIES_FIELDS = ("id", "prefix", "last_ordinal", "is_open", "issued")
_RUN_FIELDS = (
    "id", "state", "rate", "duration", "target", "final", "started_at", "stopped_at", "issued", "distinct", "last",
    "is_open",
)  # fmt: skip
_ENTRY_FIELDS = ("first", "count", "at", "series_id", "first_ordinal")

_HEAD = """
SELECT f.position, c.position, c.last_seq, c.skipped_count, c.cleared_seq,
    (SELECT count(*) FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id
     WHERE s.feed_id = 'demo' AND s.closed_at IS NULL),
    (SELECT coalesce(sum(total_amount), 0) FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id
     WHERE s.feed_id = 'demo' AND s.closed_at IS NULL)
FROM streaming_feed f JOIN streaming_cursor c ON c.feed_id = f.name WHERE f.name = 'demo'
"""
_QUERIES = {
    "runs": """
        SELECT r.id, r.state, r.rate_per_second, r.duration_seconds, r.target_count, r.final_count, r.started_at,
            r.stopped_at, count(i.id), count(DISTINCT i.run_ordinal), coalesce(max(i.run_ordinal), 0),
            s.closed_at IS NULL
        FROM invoices_run r JOIN invoices_series s ON s.id = r.series_id LEFT JOIN invoices_invoice i ON i.run_id = r.id
        WHERE r.id > %(run_id)s GROUP BY r.id, s.closed_at ORDER BY r.id""",
    "issued": "SELECT run_id, run_ordinal, created_at FROM invoices_invoice WHERE run_id > %(run_id)s",
    "entries": """
        SELECT first_position, count, announced_at, origin_id, first_ordinal FROM streaming_entry
        WHERE feed_id = 'demo' ORDER BY first_position""",
    "series": """
        SELECT s.id, s.prefix, s.last_ordinal, s.closed_at IS NULL,
            (SELECT count(*) FROM invoices_invoice i WHERE i.series_id = s.id)
        FROM invoices_series s WHERE s.feed_id = 'demo'""",
    "shown": """
        SELECT seq, position, shown_at FROM streaming_shown
        WHERE feed_id = 'demo' AND (seq > %(last_seq)s OR position > %(position)s) ORDER BY seq""",
    "skips": """
        SELECT first_position, last_position, seq, why FROM streaming_skip
        WHERE feed_id = 'demo' AND last_position > %(position)s ORDER BY first_position""",
    "totals": """
        SELECT invoice_number, total_amount FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id
        WHERE s.feed_id = 'demo' AND s.closed_at IS NULL""",
}
