"""A client that sends bytes as they are and reads the answer, without any correction."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

from tests.waiting import HANG_SECONDS


class Cut(Exception):
    """The server closed the connection instead of answering."""


@dataclass(frozen=True)
class Reply:
    """What came back, and after how long."""

    status: int
    seconds: float
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Line:
    """One connection to the product, opened again whenever it was closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, method: str, data: bytes) -> Reply:
        """The answer to `data`; raises `Cut` or `TimeoutError` when there is none."""
        began = time.monotonic()
        is_fresh = self._streams is None
        try:
            async with asyncio.timeout(HANG_SECONDS):
                status, headers, body = await self._exchange(method, data)
        except (OSError, EOFError, Cut) as error:
            await self.close()
            if is_fresh or isinstance(error, Cut):
                raise Cut(repr(error)) from error
            # Closed since the answer before: a client asks again.
            return await self.send(method, data)
        except TimeoutError:
            await self.close()
            raise
        seconds = time.monotonic() - began
        if headers.get("connection", "").lower() == "close":
            await self.close()
        return Reply(status, seconds, headers, body)

    async def close(self) -> None:
        if self._streams is not None:
            writer = self._streams[1]
            self._streams = None
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _exchange(self, method: str, data: bytes) -> tuple[int, dict[str, str], bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)
        reader, writer = self._streams
        with contextlib.suppress(ConnectionError):
            # Who is refused before the end of a body may still be answered.
            writer.write(data)
            await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1")
        first, *lines = head.split("\r\n")
        if not first.startswith("HTTP/1."):
            raise Cut(f"no HTTP: {first[:80]!r}")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status = int(first.split(" ", 2)[1])
        return status, headers, await self._read_body(reader, method, status, headers)

    async def _read_body(
        self, reader: asyncio.StreamReader, method: str, status: int, headers: dict[str, str]
    ) -> bytes:
        if method == "HEAD" or status in (204, 304):
            return b""
        if "content-length" in headers:
            return await reader.readexactly(int(headers["content-length"]))
        if headers.get("transfer-encoding", "").lower() != "chunked":
            headers["connection"] = "close"
            return await reader.read()
        body = b""
        while size := int((await reader.readuntil(b"\r\n")).strip().split(b";")[0], 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
        return body
