"""A file as a download, streamed from a process of its own while it is made.

At most `AT_ONCE` are made at a time in each web process. When the process fails or falls silent, the connection is cut: a
file that is not whole never looks whole. When the reader goes away, the process ends.
"""

from __future__ import annotations

from threading import Lock

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from exports.files.formats import MEDIA_TYPES, Format
from exports.files.process import Child
from exports.files.style import PLAIN, Style
from invoices.models import Invoice

AT_ONCE = 2
_lock = Lock()


class TooManyExports(RuntimeError):
    """As many files as may be are being made."""


def download(chosen: QuerySet[Invoice], form: Format, style: Style = PLAIN) -> StreamingHttpResponse:
    """The file as a response; raises `TooManyExports`."""
    with _lock:
        if sum(child.is_alive for child in Child.running) >= AT_ONCE:
            raise TooManyExports(f"{AT_ONCE} files are being made already; try again when one of them is done.")
        child = Child(chosen, form, style)
    response = StreamingHttpResponse(child, content_type=MEDIA_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="invoices.{form}"'
    response["X-Accel-Buffering"] = "no"
    return response
