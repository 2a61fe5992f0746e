"""Jobs in a running product: a row, the message from beat, the `jobs` process, and the child process that does the work."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import time
from typing import Any

import psycopg

from tests.stack import Stack
from tests.waiting import wait_for

PSS_MB = 60


def sql(stack: Stack, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    url = dict(line.split("=", 1) for line in (stack.data_dir / "servers.env").read_text().splitlines())["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), parameters)
        return cursor.fetchall() if cursor.description else []


def enqueue(stack: Stack, kind: str, queue: str) -> int:
    rows = sql(
        stack,
        "INSERT INTO jobs_job (kind, queue, arguments, state, done_count, error, result, created_by, attempt, stalled_count)"
        " VALUES (%s, %s, '{}', 'queued', 0, '', '', '', 0, 0) RETURNING id",
        *(kind, queue),
    )
    return int(rows[0][0])


def ended(stack: Stack, job_id: int) -> tuple[str, str] | None:
    ((state, error),) = sql(stack, "SELECT state, error FROM jobs_job WHERE id = %s", job_id)
    return (state, error) if state in ("done", "failed") else None


def test_a_row_is_enough_for_a_job_to_be_claimed_and_ended(stack: Stack) -> None:
    job_ids = [enqueue(stack, "nobody's", queue) for queue in ("quick", "long")]
    for job_id in job_ids:
        state, error = wait_for(lambda job_id=job_id: ended(stack, job_id), "the job to end", show=stack.output)  # type: ignore[misc]
        assert state == "failed"
        assert "is not a known kind of job" in error


def test_the_log_names_the_host_of_the_process(stack: Stack) -> None:
    ready = wait_for(lambda: re.search(r"jobs@(\S+) ready", stack.output()), "the jobs process", show=stack.output)
    assert ready[1] == socket.gethostname()


def test_the_idle_process_is_lean_and_its_work_leaves_no_process_behind(stack: Stack) -> None:
    job_id = enqueue(stack, "nobody's", "quick")
    wait_for(lambda: ended(stack, job_id), "the job to end", show=stack.output)
    pid = stack.pid("jobs")
    wait_for(lambda: children(pid) == [], "the process of the job to be gone")
    with open(f"/proc/{pid}/smaps_rollup") as file:
        kilobytes = next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    print(f"the idle jobs process holds {kilobytes / 1000:.0f} MB (PSS)")
    assert kilobytes < PSS_MB * 1000


def test_messages_that_waited_for_long_start_no_process(stack: Stack) -> None:
    pid, seen = stack.pid("jobs"), set[int]()
    code = (
        "from invoicedash.celery import app; from runtime import broker;"
        "[app.send_task('jobs.work', [name], queue=broker.JOBS_QUEUE, expires=1)"
        " for _ in range(30) for name in ('quick', 'long')]"
    )
    assert stack.manage("shell", "-c", code).returncode == 0

    def are_gone() -> bool:
        now = children(pid)
        seen.update(now)
        return bool(seen) and not now

    wait_for(are_gone, "the processes of the queues to end")
    quiet = time.monotonic() + 2
    wait_for(lambda: are_gone() and time.monotonic() > quiet, "nothing more to be started")
    assert len(seen) <= 4


def test_its_heartbeat_is_shown_and_it_is_started_again_when_killed(stack: Stack) -> None:
    old = stack.kill("jobs", signal.SIGKILL)
    new = stack.wait_for_restart("jobs", old)

    def beats() -> bool:
        found = json.loads(stack.get("/api/system/status")[1])["processes"]
        return any(process["name"] == "jobs" and process["state"] == "up" for process in found)

    wait_for(beats, "the heartbeat of jobs")
    job_id = enqueue(stack, "nobody's", "long")
    assert wait_for(lambda: ended(stack, job_id), "the job to end", show=stack.output)
    assert stack.pid("jobs") == new


def children(pid: int) -> list[int]:
    """The processes that have `pid` for a parent."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                if int(file.read().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(name))
        except OSError:
            continue
    return found
