"""Sends a file that was made first: with its length and its digest, so that a part is never taken for the whole."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

PIECE = 1 << 18


def digest_header(sha256: str) -> str:
    """The value of `Content-Digest` (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"


def send_file(path: Path, *, name: str, media_type: str, sha256: str) -> StreamingHttpResponse:
    """The file as a download."""
    response = StreamingHttpResponse(_pieces(path), content_type=media_type)
    response["Content-Length"] = str(path.stat().st_size)
    response["Content-Digest"] = digest_header(sha256)
    response["ETag"] = f'"{sha256}"'
    response["Content-Disposition"] = f'attachment; filename="{name}"'
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
