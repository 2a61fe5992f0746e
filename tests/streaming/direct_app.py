"""An application that writes a frame past its server and reports the result: for tests/streaming/test_direct.py."""

from __future__ import annotations

import asyncio
from typing import Any

from streaming.direct import Write, frame_of, writer_of

TEXTS = ["short", "ü" * 100, "x" * 70_000]


async def _is_written(write: Write, text: str) -> bool:
    """Whether it went past the server, as soon as nothing waited in the socket."""
    for _ in range(500):
        if write(frame_of(text)):
            return True
        await asyncio.sleep(0.01)
    return False


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    write = writer_of(send)
    before = write(frame_of("too early"))
    await send({"type": "websocket.accept"})
    written = [await _is_written(write, text) for text in TEXTS]
    await send({"type": "websocket.send", "text": f"{before} {written}"})
    await send({"type": "websocket.close"})
    after = [write(frame_of("too late"))]
    assert after == [False], "written after the closing frame"
