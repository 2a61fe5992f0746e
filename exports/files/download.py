"""A file as a download, streamed from a process of its own while it is made.

At most `AT_ONCE` are made at a time in each web process. When the process fails or falls silent, the connection is cut: a
file that is not whole never looks whole. When the reader goes away, the process ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from threading import Lock

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from exports.files.formats import MEDIA_TYPES, Format
from exports.files.process import Child, ExportBroke
from exports.files.rows import FETCH_SECONDS
from invoices.models import Invoice

AT_ONCE = 2
# PostgreSQL ends a statement of the process before; this is for a server that does not answer at all.
SILENT_SECONDS = FETCH_SECONDS + 30.0
_lock = Lock()


class TooManyExports(RuntimeError):
    """As many files as may be are being made."""


def download(chosen: QuerySet[Invoice], form: Format) -> StreamingHttpResponse:
    """The file as a response; raises `TooManyExports`."""
    with _lock:
        if sum(child.is_alive for child in Child.running) >= AT_ONCE:
            raise TooManyExports(f"{AT_ONCE} files are being made already; try again when one of them is done.")
        child = Child(chosen, form)
    response = StreamingHttpResponse(_Pieces(child), content_type=MEDIA_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="invoices.{form}"'
    response["X-Accel-Buffering"] = "no"
    return response


class _Pieces:
    """The pieces of a child, which is ended when it makes none for `SILENT_SECONDS`, and with the response."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self.close = child.close

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async with aclosing(aiter(self._child)) as pieces:  # type: ignore[type-var]
            while (piece := await _next(pieces)) is not None:
                yield piece


async def _next(pieces: AsyncIterator[bytes]) -> bytes | None:
    try:
        async with asyncio.timeout(SILENT_SECONDS):
            return await anext(pieces, None)
    except TimeoutError:
        raise ExportBroke(f"nothing was written for {SILENT_SECONDS:.0f} s") from None
