"""Sends a file that a job has made: with its length and its digest, so that a part is never taken for the whole."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase

from exports.files.formats import MEDIA_TYPES, Format
from jobs import files
from jobs.models import Job
from web.problems import problem

PIECE = 1 << 18


def digest_header(sha256: str) -> str:
    """The value of `Content-Digest` (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"


def send_result(job: Job) -> HttpResponseBase:
    """The file that a job of exports has made as a download; 409 before the job is done, 404 when it is kept no longer."""
    if job.state != Job.State.DONE or job.report is None:
        return problem(409, f"Export {job.pk} is {job.state}; its file is there when it is done.")
    path = files.result_path(job)
    if path is None:
        return problem(404, f"The file of export {job.pk} is kept no longer; have it made again.")
    sha256 = job.report["sha256"]
    response = StreamingHttpResponse(_pieces(path), content_type=MEDIA_TYPES[Format(job.arguments["format"])])
    response["Content-Length"] = str(path.stat().st_size)
    response["Content-Digest"] = digest_header(sha256)
    response["ETag"] = f'"{sha256}"'
    response["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return response


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    file = await sync_to_async(_open, thread_sensitive=False)(path)
    try:
        while piece := await sync_to_async(file.read, thread_sensitive=False)(PIECE):
            yield piece
    finally:
        file.close()


def _open(path: Path) -> BinaryIO:
    return path.open("rb")
