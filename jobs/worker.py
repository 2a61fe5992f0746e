"""The `jobs` process: a Celery worker that starts `manage.py run_jobs LANE` when a job waits, and holds nothing itself.

Django, and whatever a job needs, is loaded by that process alone, which ends when nothing waits any more: an idle
worker costs half of what one with the product in it does, and the memory of the largest job is given back. Each lane
has one process at a time, so what somebody waits for never waits for an import.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import warnings
from datetime import UTC, datetime
from typing import Any

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import setup_logging, worker_shutting_down
from pythonjsonlogger.json import JsonFormatter

from runtime import broker, environment, pulse
from runtime.environment import BASE_DIR, BadSetting, Environment

NAME = "jobs"
LANES = ("quick", "long")
logger = logging.getLogger(__name__)

# Celery's own fix-up for Django would load it here.
app = Celery("invoicedash", fixups=())
_busy = {lane: threading.Lock() for lane in LANES}
_children: dict[str, subprocess.Popen[bytes]] = {}
_is_stopping = threading.Event()


@app.task(name="jobs.work", ignore_result=True, bind=True)
def work(self: Any, lane: str) -> None:
    """Do what waits in `lane`, in a process of its own; nothing when one is at it. Beat asks again while a job waits."""
    busy = _busy.get(lane)
    if busy is None or _is_late(self.request.expires) or not busy.acquire(blocking=False):
        return
    try:
        if not _is_stopping.is_set():
            _run(lane)
    finally:
        busy.release()


def _is_late(expires: str | None) -> bool:
    """Whether the message grew old in the queue of the threads: Celery looks at it as it comes, and no limit keeps it away."""
    return expires is not None and datetime.fromisoformat(expires) < datetime.now(UTC)


def _run(lane: str) -> None:
    command = [sys.executable, "manage.py", "run_jobs", lane]
    _children[lane] = child = subprocess.Popen(command, cwd=BASE_DIR)
    if _is_stopping.is_set():
        child.terminate()
    code = child.wait()
    del _children[lane]
    if code:
        logger.warning("The process of lane %s ended with %s; its job is taken up again.", lane, code)


@worker_shutting_down.connect
def _stop_children(**_: Any) -> None:
    """A job that was begun goes back into the queue; the next worker goes on with it."""
    _is_stopping.set()
    for child in list(_children.values()):
        child.terminate()


@setup_logging.connect
def _log_as_the_others(**_: Any) -> None:
    """Django's settings do it for the other processes, in the same words."""


def configure(env: Environment) -> None:
    """Set the worker up from the environment, as `invoicedash.celeryconfig` does for the others."""
    url = env.redis_url or environment.DEFAULT_REDIS_URL
    app.conf.update(
        broker_url=broker.address(url),
        broker_transport_options=broker.transport_options(url),
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_default_queue=broker.JOBS_QUEUE,
        task_ignore_result=True,
        worker_prefetch_multiplier=broker.NO_LIMIT,
        worker_hijack_root_logger=False,
        timezone="UTC",
    )
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s %(message)s", "%H:%M:%S")
    fields = {"levelname": "level", "name": "logger"}
    json = JsonFormatter("%(levelname)s %(name)s %(message)s", rename_fields=fields, timestamp="at")
    handler.setFormatter(text if env.debug or env.open else json)
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    for name in ("kombu", "celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).setLevel(logging.WARNING)


def main() -> int | str:
    """Be the worker until a signal ends it; returns its exit code, or what was wrong."""
    try:
        env = environment.read()
    except BadSetting as error:
        return str(error)
    if env.database_url is None:
        return "No database: set DATABASE_URL."
    configure(env)
    warnings.filterwarnings("ignore", category=SecurityWarning)
    pulse.start(NAME, env.database_url)
    worker = app.Worker(
        hostname=f"{NAME}@%h", pool="threads", concurrency=len(LANES), queues=[broker.JOBS_QUEUE], loglevel="INFO",
        without_gossip=True, without_mingle=True, heartbeat_interval=10, task_events=True, quiet=True,
    )  # fmt: skip
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main())
