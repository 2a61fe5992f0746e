"""The `jobs` process: a Celery worker that starts `manage.py run_jobs QUEUE` when a job waits, without loading Django.

Only that child loads Django and the code of the jobs, and it ends when no job waits: an idle worker takes half the
memory of one with the product loaded, and the memory of the largest job is freed. Each queue has one child at a time,
so a job that a user waits for never waits for an import.
"""

from __future__ import annotations

import logging
import os
import select
import subprocess
import sys
import threading
from datetime import UTC, datetime
from typing import Any, BinaryIO

# Before Celery, which it imports without what is not needed.
from runtime import bare_celery, bare_heartbeats, broker  # isort: split

from celery import Celery
from celery.signals import worker_shutting_down
from celery.utils.nodenames import host_format

from runtime.absent import lean_celery
from runtime.environment import BASE_DIR, BadSetting

NAME = "jobs"
QUEUES = ("quick", "long")
# Long enough for a child to load the product on a busy machine.
SILENT_SECONDS = 120.0
logger = logging.getLogger(__name__)

# Celery's own fix-up for Django would load Django here.
app = Celery("invoicedash", fixups=())
_busy = {queue: threading.Lock() for queue in QUEUES}
_children: dict[str, subprocess.Popen[bytes]] = {}
_is_stopping = threading.Event()


@app.task(name="jobs.work", ignore_result=True, bind=True)
def work(self: Any, queue: str) -> None:
    """Run the jobs of `queue` in a child process; does nothing while one runs. Beat sends again while a job waits."""
    busy = _busy.get(queue)
    if busy is None or _is_late(self.request.expires) or not busy.acquire(blocking=False):
        return
    try:
        if not _is_stopping.is_set():
            _run(queue)
    finally:
        busy.release()


def _is_late(expires: str | None) -> bool:
    """Whether the message is too old: it waited for a thread, and Celery checks its expiry only on arrival."""
    return expires is not None and datetime.fromisoformat(expires) < datetime.now(UTC)


def _run(queue: str) -> None:
    beats, write_end = os.pipe()
    command = [sys.executable, "manage.py", "run_jobs", queue, "--beat-to", str(write_end)]
    _children[queue] = child = subprocess.Popen(command, cwd=BASE_DIR, pass_fds=[write_end])
    os.close(write_end)
    if _is_stopping.is_set():
        child.terminate()
    with open(beats, "rb", buffering=0) as pipe:
        code = wait(child, pipe)
    del _children[queue]
    if code:
        logger.warning("The process of queue %s ended with %s; its job is claimed again.", queue, code)


def wait(child: subprocess.Popen[bytes], beats: BinaryIO) -> int:
    """Wait for the end of a child that writes to `beats` every second, and kill it when it stops writing.

    A suspended child would block its queue permanently; the next child claims its jobs. Returns its exit code.
    """
    while select.select([beats], [], [], SILENT_SECONDS)[0]:
        if not beats.read(4096):
            return child.wait()
    logger.warning("Process %s sent no heartbeat for %s s and is killed", child.pid, SILENT_SECONDS)
    child.kill()
    return child.wait()


@worker_shutting_down.connect
def _stop_children(**_: Any) -> None:
    """Stop the children; their jobs return to the queue, and the next worker continues them."""
    _is_stopping.set()
    for child in list(_children.values()):
        child.terminate()


def main() -> int | str:
    """Run the worker until a signal ends it; returns its exit code, or a sentence that says what was wrong."""
    try:
        env = bare_celery.read_environment()
    except BadSetting as error:
        return str(error)
    bare_celery.log_to_console(env)
    app.conf.update(
        bare_celery.settings(env),
        task_default_queue=broker.JOBS_QUEUE,
        task_ignore_result=True,
        worker_prefetch_multiplier=broker.NO_LIMIT,
        worker_hijack_root_logger=False,
    )
    bare_heartbeats.start(NAME, str(env.database_url))
    with lean_celery():
        worker = app.Worker(
            hostname=host_format(f"{NAME}@%h"), pool="threads", concurrency=len(QUEUES), queues=[broker.JOBS_QUEUE],
            loglevel="INFO", without_gossip=True, without_mingle=True, heartbeat_interval=10, task_events=True,
            quiet=True,
        )  # fmt: skip
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main())
