"""The process that makes a file (`exports.files.child`), as its reader sees it: pieces, and an error unless it made all.

It ends with its reader.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import select
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from weakref import WeakSet

from asgiref.sync import sync_to_async
from django.db.models import QuerySet

from exports.files.formats import Format
from exports.files.rows import FETCH_SECONDS
from exports.files.style import PLAIN, Style
from invoices.models import Invoice
from runtime import child
from runtime.environment import BASE_DIR

logger = logging.getLogger(__name__)

PIECE = 1 << 16
LOOK_SECONDS = 0.1
# PostgreSQL ends a statement of the process before; this is for a server that does not answer at all.
SILENT_SECONDS = FETCH_SECONDS + 30.0
SILENT = f"nothing was written for {SILENT_SECONDS:.0f} s"


class ExportBroke(RuntimeError):
    """The process that made the file ended before the file did."""


class Child:
    """The process that makes one file, and what it writes."""

    running: WeakSet[Child] = WeakSet()

    def __init__(self, chosen: QuerySet[Invoice], form: Format, style: Style = PLAIN) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "exports.files.child", form, style.to_json()],
            cwd=BASE_DIR, env=child.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.running.add(self)
        assert self._process.stdin
        with self._process.stdin as stdin:
            stdin.write(pickle.dumps(chosen.query))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def pieces(self) -> Iterator[bytes]:
        """The pieces, as they are made, and an empty one whenever none is ready; raises `ExportBroke`."""
        silent_since = time.monotonic()
        try:
            while True:
                if self._is_ready():
                    if not (piece := self._read()):
                        return
                    yield piece
                    silent_since = time.monotonic()
                elif time.monotonic() - silent_since > SILENT_SECONDS:
                    raise ExportBroke(SILENT)
                else:
                    yield b""
        finally:
            self.close()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces, as they are made; raises `ExportBroke`."""
        try:
            while piece := await self._read_in_time():
                yield piece
        finally:
            self.close()

    async def _read_in_time(self) -> bytes:
        try:
            async with asyncio.timeout(SILENT_SECONDS):
                return await sync_to_async(self._read, thread_sensitive=False)()
        except TimeoutError:
            raise ExportBroke(SILENT) from None

    def _is_ready(self) -> bool:
        assert self._process.stdout
        return bool(select.select([self._process.stdout], [], [], LOOK_SECONDS)[0])

    def _read(self) -> bytes:
        assert self._process.stdout
        piece = os.read(self._process.stdout.fileno(), PIECE)
        if not piece and self._process.wait():
            logger.error("An export ended with exit code %s", self._process.returncode)
            raise ExportBroke(f"exit code {self._process.returncode}")
        return piece

    def close(self) -> None:
        """End the process, whatever it is doing. Called when the file is done with."""
        if self.is_alive:
            self._process.kill()
        self._process.wait()

    __del__ = close
