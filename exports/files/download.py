"""A file as a download, streamed from a process of its own (`exports.files.child`).

At most `AT_ONCE` are made at a time in each web process. When the process fails, the connection is cut: a file that is not
whole never looks whole. When the reader goes away, the process ends.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
from collections.abc import AsyncIterator
from threading import Lock
from weakref import WeakSet

from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from exports.files.formats import MEDIA_TYPES, Format
from invoices.models import Invoice
from runtime.environment import BASE_DIR

logger = logging.getLogger(__name__)

AT_ONCE = 2
PIECE = 1 << 16
_lock = Lock()


class TooManyExports(RuntimeError):
    """As many files as may be are being made."""


class ExportBroke(RuntimeError):
    """The process that made the file ended before the file did."""


class Child:
    """The process that makes one file, and what it writes."""

    running: WeakSet[Child] = WeakSet()

    def __init__(self, chosen: QuerySet[Invoice], form: Format) -> None:
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "invoicedash.settings", "INVOICEDASH_PROCESS": "export"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "exports.files.child", form],
            cwd=BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.running.add(self)
        assert self._process.stdin
        with self._process.stdin as stdin:
            stdin.write(pickle.dumps(chosen.query))

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

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
        """End the process, whatever it is doing. Called when the response is done with."""
        if self.is_alive:
            self._process.kill()
        self._process.wait()

    __del__ = close


def download(chosen: QuerySet[Invoice], form: Format) -> StreamingHttpResponse:
    """The file as a response; raises `TooManyExports`."""
    with _lock:
        if sum(child.is_alive for child in Child.running) >= AT_ONCE:
            raise TooManyExports(f"{AT_ONCE} files are being made already; try again when one of them is done.")
        child = Child(chosen, form)
    response = StreamingHttpResponse(child, content_type=MEDIA_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="invoices.{form}"'
    response["X-Accel-Buffering"] = "no"
    return response
