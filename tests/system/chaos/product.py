"""The running product of the harness: the real supervisor and its processes, with direct access to the servers."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil
import psycopg
import redis as redis_py

from local import launch, processes
from local.paths import run_dir
from local.servers import Postgres, Redis
from runtime.environment import BASE_DIR
from tests.stack import Stack
from tests.system.chaos.proxy import Wire

NAMES = ("web", "worker", "beat", "pacer", "jobs", "loops")
POLL_SECONDS = 0.02
ANSWER_SECONDS = 20.0
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a call came to; `status` is None when no answer came. `body` is of JSON, `text` of anything else."""

    status: int | None
    body: dict[str, Any]
    began: float
    ended: float
    text: str = ""


class Product:
    """One running product, its wires, and what was done to it and must be undone."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.data_dir = stack.data_dir.resolve()
        self.run_dir = run_dir(self.data_dir)
        self.postgres = Postgres(self.data_dir, self.run_dir)
        self.redis = Redis(self.data_dir, self.run_dir)
        self.wire = Wire(stack.port)
        self.wired_url = ""
        self._frozen: set[int] = set()
        self._extras: list[subprocess.Popen[bytes]] = []
        self._http: httpx.AsyncClient | None = None

    async def open(self) -> None:
        await self.wire.start()
        self.wired_url = self.stack.ws_url.replace(f":{self.stack.port}/", f":{self.wire.port}/")
        limits = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.AsyncClient(
            base_url=self.stack.url,
            timeout=ANSWER_SECONDS,
            limits=limits,
            trust_env=False,
            headers=self.stack.headers,
        )

    async def close(self) -> None:
        self.heal()
        await self.wire.close()
        if self._http is not None:
            await self._http.aclose()

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Call the API."""
        assert self._http is not None
        began = time.time()
        try:
            response = await self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            return Answer(status=None, body={"error": type(error).__name__}, began=began, ended=time.time())
        is_json = "json" in response.headers.get("content-type", "")
        body = response.json() if is_json and response.content else {}
        text = "" if is_json else response.text
        return Answer(status=response.status_code, body=body, text=text, began=began, ended=time.time())

    # -- behind the processes --------------------------------------------------------------------------------------

    def connect(self, *, seconds: float = 5.0, behind: Path | None = None) -> psycopg.Connection[tuple[Any, ...]]:
        """PostgreSQL, as its superuser, every statement a transaction; `behind` is where its socket was moved."""
        options = "-c statement_timeout=20000"
        url = f"postgresql://postgres@/invoicedash?host={behind or self.run_dir}"
        return psycopg.connect(
            url, autocommit=True, connect_timeout=max(2, int(seconds)), options=options, application_name="chaos"
        )

    def redis_client(self) -> redis_py.Redis:
        return redis_py.Redis.from_url(self.redis.url, socket_timeout=2, socket_connect_timeout=2)

    def pid(self, name: str) -> int | None:
        """The number of a process as the supervisor reports it, None while it does not run."""
        try:
            pid: int | None = self.stack.entry(name)["pid"]
        except (RuntimeError, StopIteration):
            return None
        return pid

    def backends(self) -> list[int]:
        """PostgreSQL's processes below the postmaster."""
        try:
            return [child.pid for child in psutil.Process(self.pid("postgres") or -1).children()]
        except (psutil.Error, ValueError):
            return []

    def descendants(self, pid: int) -> list[int]:
        """That process and all below it, parents first."""
        try:
            return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
        except psutil.Error:
            return []

    def web_bytes(self) -> int:
        """What the web process holds in memory."""
        try:
            return int(psutil.Process(self.pid("web") or -1).memory_info().rss)
        except (psutil.Error, ValueError):
            return 0

    def signal(self, pid: int | None, number: signal.Signals) -> None:
        """Signal one process, which may be gone; what is stopped is remembered and continued by `heal`."""
        if pid is None:
            return
        if number == signal.SIGSTOP:
            self._frozen.add(pid)
        elif number == signal.SIGCONT:
            self._frozen.discard(pid)
        processes.signal_one(pid, number)

    def start_second(
        self, name: str, old: tuple[str, ...] = (), new: tuple[str, ...] = ()
    ) -> subprocess.Popen[bytes] | None:
        """Start another process just like the one that runs, unseen by the supervisor; it dies with this process.

        With `old` words of the command replaced by `new` ones.
        """
        pid = self.pid(name)
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
            environ = Path(f"/proc/{pid}/environ").read_bytes().rstrip(b"\0").split(b"\0")
        except OSError:
            return None
        log = self.data_dir.with_name("seconds.log").open("ab")
        with log:
            extra = subprocess.Popen(
                launch.wrap(_replace([os.fsdecode(word) for word in command], old, new)),
                cwd=BASE_DIR,
                env=dict(os.fsdecode(entry).partition("=")[::2] for entry in environ),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._extras.append(extra)
        return extra

    def end_second(self, extra: subprocess.Popen[bytes]) -> None:
        processes.kill_tree(extra.pid)
        extra.wait()
        self._extras.remove(extra)

    def heal(self) -> None:
        """Undo what may still be broken."""
        for pid in list(self._frozen):
            self.signal(pid, signal.SIGCONT)
        for extra in list(self._extras):
            self.end_second(extra)
        self.wire.set("pass")

    def are_all_up(self) -> bool:
        """Whether every process runs, as the supervisor says."""
        try:
            return all(entry["pid"] for entry in self.stack.state()["processes"])
        except RuntimeError:
            return False


def _replace(words: list[str], old: tuple[str, ...], new: tuple[str, ...]) -> list[str]:
    """`words` with the run of words `old`, which must be there, replaced by `new`."""
    if not old:
        return words
    at = next(i for i in range(len(words)) if tuple(words[i : i + len(old)]) == old)
    return [*words[:at], *new, *words[at + len(old) :]]


async def wait_until(condition: Callable[[], T | None], seconds: float, *, every: float = POLL_SECONDS) -> T | None:
    """The first true value of `condition`, which may block and is asked in a thread; None after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = await asyncio.to_thread(condition)
        if value:
            return value
        await asyncio.sleep(every)
    return None
