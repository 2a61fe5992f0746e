"""The run's state machine: start, stop, complete. Every move is one function and one conditional UPDATE.

The process that issues for a run holds its advisory lock. START and STOP are row changes and never wait for a broker.
"""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Max
from psycopg.errors import LockNotAvailable

from invoices import totals
from invoices.generation.due import target_count
from invoices.generation.events import append_run_ended
from invoices.models import Invoice, Run
from invoices.needed import IS_ANY_RUN_ACTIVE
from invoices.series import lock_current_test_series
from runtime.clock import ClockTimestamp
from streaming import feed as feeds

LOCK_CLASS = 0x1D_0001
STOP_PATIENCE_MS = 1500
MOST_TARGET = 10_000_000
ALREADY_RUNNING = "A run is already running; stop it before starting another."


_LATEST = """
SELECT run.*, coalesce(final_count, (SELECT max(run_ordinal) FROM invoices_invoice WHERE run_id = run.id), 0) AS issued_count
FROM invoices_run AS run ORDER BY id DESC LIMIT 1
"""


class AlreadyRunning(RuntimeError):
    """A run is active; there is only ever one."""


class NotRunning(RuntimeError):
    """No run is running that could be stopped."""


class BadRun(ValueError):
    """The values asked for make no run."""


def is_any_active() -> bool:
    """Whether a run needs ticks: it is running, or its stop was left unfinished."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {IS_ANY_RUN_ACTIVE}")
        return bool(cursor.fetchone()[0])


def latest() -> Run | None:
    """The newest run, whatever became of it."""
    return Run.objects.order_by("-id").first()


def latest_issued() -> tuple[Run, int] | None:
    """The newest run and how many invoices it has issued, in one statement: each second's status asks it."""
    found: list[Any] = list(Run.objects.raw(_LATEST))
    return (found[0], found[0].issued_count) if found else None


def issued_count(run: Run) -> int:
    """How many invoices `run` has issued. Read from the invoices while it is active, so it cannot be wrong."""
    if run.final_count is not None:
        return run.final_count
    last = Invoice.objects.filter(run_id=run.pk).aggregate(last=Max("run_ordinal"))["last"]
    return last or 0


def start(*, rate_per_second: Decimal, duration_seconds: int, seed: int | None = None) -> Run:
    """Start a run on the demo feed. Raises `AlreadyRunning`, or `BadRun` when it would issue nothing or too much."""
    target = target_count(rate_per_second, duration_seconds)
    if not 1 <= target <= MOST_TARGET:
        raise BadRun(
            f"rate_per_second {rate_per_second} x duration_seconds {duration_seconds} makes {target} invoices; "
            f"choose values that make 1 to {MOST_TARGET:,}."
        )
    for run in Run.objects.filter(state=Run.State.STOPPING):
        finish_stopping(run)
    # Most refusals need no lock on the series, which a tick at work may hold for long.
    if is_any_active():
        raise AlreadyRunning(ALREADY_RUNNING)
    try:
        run = _insert(rate_per_second, duration_seconds, random.getrandbits(31) if seed is None else seed, target)
    except IntegrityError:
        raise AlreadyRunning(ALREADY_RUNNING) from None
    feeds.notify_status("demo")
    totals.write_through("demo")
    return run


@transaction.atomic
def _insert(rate_per_second: Decimal, duration_seconds: int, seed: int, target: int) -> Run:
    # The lock keeps a purge from closing the series under the new run.
    run = Run.objects.create(
        series=lock_current_test_series(),
        rate_per_second=rate_per_second,
        duration_seconds=duration_seconds,
        seed=seed,
        target_count=target,
    )
    run.refresh_from_db()
    return run


def stop() -> Run:
    """Stop the running run; when this returns, nothing more is issued. Raises `NotRunning`."""
    run = end_running()
    totals.write_through("demo")
    return Run.objects.get(pk=run.pk)


def end_running() -> Run:
    """As `stop`, for an operation that writes the totals through by itself."""
    run = Run.objects.filter(state=Run.State.RUNNING).first()
    if run is None or not _claim_stopping(run):
        raise NotRunning("No run is running; start one first.")
    feeds.notify_status("demo")
    finish_stopping(run)
    return run


def _claim_stopping(run: Run) -> bool:
    """Move `run` from running to stopping. From its commit on no tick begins to issue."""
    try:
        return _set_stopping(run)
    except OperationalError as error:
        # A tick holds the row: it is about to complete the run, or frozen while it does.
        end_tick(run)
        if _set_stopping(run):
            return True
        # Whose connection was lost may have set it before: the answer to the commit is what was lost.
        is_unknown = not isinstance(error.__cause__, LockNotAvailable)
        return is_unknown and Run.objects.filter(pk=run.pk, state__in=[Run.State.STOPPING, Run.State.STOPPED]).exists()


@transaction.atomic
def _set_stopping(run: Run) -> bool:
    _wait_with_patience()
    return Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).update(state=Run.State.STOPPING) == 1


def finish_stopping(run: Run) -> None:
    """Wait for the tick at work, at most `STOP_PATIENCE_MS`, then end it; and set `run` to stopped."""
    try:
        _set_stopped(run)
    except OperationalError:
        end_tick(run)
        _set_stopped(run)
    feeds.notify_status("demo")


@transaction.atomic
def _set_stopped(run: Run) -> None:
    _wait_with_patience()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, run.pk])
    _end(run, from_state=Run.State.STOPPING, to_state=Run.State.STOPPED)


def _wait_with_patience() -> None:
    """Wait for a lock no longer than STOP has patience, whatever the process's own limits are: a command has none."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(f"SET LOCAL lock_timeout = {STOP_PATIENCE_MS}")


def complete(run: Run) -> None:
    """Move `run` from running to completed; called under its lock, with its last invoice issued."""
    _end(run, from_state=Run.State.RUNNING, to_state=Run.State.COMPLETED)
    feeds.notify_status("demo")


@transaction.atomic
def _end(run: Run, *, from_state: Run.State, to_state: Run.State) -> None:
    count = issued_count(run)
    changed = Run.objects.filter(pk=run.pk, state=from_state).update(
        state=to_state, stopped_at=ClockTimestamp(), final_count=count
    )
    if changed:
        append_run_ended(Run.objects.get(pk=run.pk), count)


def try_lock(run: Run) -> bool:
    """Take `run`'s lock for the rest of the transaction, unless another tick or STOP has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_CLASS, run.pk])
        return bool(cursor.fetchone()[0])


def end_tick(run: Run) -> None:
    """End the database session that holds `run`'s lock: its worker is frozen, and its invoices are not committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND classid = %s AND objid = %s AND objsubid = 2 AND pid <> pg_backend_pid()"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK_CLASS, run.pk],
        )
