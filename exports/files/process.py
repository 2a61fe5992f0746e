"""The process that makes a file (`exports.files.child`), as its reader sees it: pieces, and an error unless it made all.

It ends with its reader. It has no name (`INVOICEDASH_PROCESS`): a process that is meant to end has no heartbeat.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from weakref import WeakSet

from asgiref.sync import sync_to_async
from django.db.models import QuerySet

from exports.files.formats import Format
from invoicedash.environment import BASE_DIR
from invoices.models import Invoice

logger = logging.getLogger(__name__)

PIECE = 1 << 16


class ExportBroke(RuntimeError):
    """The process that made the file ended before the file did."""


class Child:
    """The process that makes one file, and what it writes."""

    running: WeakSet[Child] = WeakSet()

    def __init__(self, chosen: QuerySet[Invoice], form: Format) -> None:
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "invoicedash.settings"}
        environment.pop("INVOICEDASH_PROCESS", None)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "exports.files.child", form],
            cwd=BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
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

    def __iter__(self) -> Iterator[bytes]:
        """The pieces, as they are made; raises `ExportBroke`."""
        try:
            while piece := self._read():
                yield piece
        finally:
            self.close()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while piece := await sync_to_async(self._read, thread_sensitive=False)():
                yield piece
        finally:
            self.close()

    def _read(self) -> bytes:
        assert self._process.stdout
        piece = self._process.stdout.read1(PIECE)  # type: ignore[attr-defined]
        if not piece and self._process.wait():
            logger.error("An export ended with exit code %s", self._process.returncode)
            raise ExportBroke(f"exit code {self._process.returncode}")
        return bytes(piece)

    def close(self) -> None:
        """End the process, whatever it is doing. Called when the file is done with."""
        if self.is_alive:
            self._process.kill()
        self._process.wait()

    __del__ = close
