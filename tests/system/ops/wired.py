"""A web process whose connections to PostgreSQL can be stopped and released, on the tests' database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from django.db import connection

from tests.dashboard.api.test_outage import web_process
from tests.system.chaos.proxy import Wire
from tests.waiting import HANG_SECONDS


class ThreadedWire:
    """A `Wire` with an event loop in a thread of its own."""

    def __init__(self, target: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._wire = Wire(target)
        self._run(self._wire.start())
        self.port = self._wire.port

    def set(self, mode: str) -> None:
        async def change() -> None:
            self._wire.set(mode)

        self._run(change())

    def close(self) -> None:
        self._run(self._wire.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(HANG_SECONDS)


def database_url(port: int | None = None) -> str:
    """The address of the tests' database: at its socket, or at a port of loopback."""
    database = connection.settings_dict
    host = database["HOST"] if port is None else "127.0.0.1"
    more = "" if port is None else f"&port={port}&sslmode=disable"
    return f"postgresql://{database['USER']}@/{database['NAME']}?host={host}{more}"


@contextmanager
def wired_web(data_dir: Path, **env: Any) -> Iterator[tuple[httpx.Client, ThreadedWire]]:
    """A client of the web process, and the wire between that process and PostgreSQL."""
    wire = ThreadedWire(Path(str(connection.settings_dict["HOST"])) / ".s.PGSQL.5432")
    try:
        with web_process(database_url(wire.port), data_dir, **env) as client:
            yield client, wire
    finally:
        wire.close()
