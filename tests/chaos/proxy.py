"""A wire that can break: forwards TCP to the product, and is cut, silent, slow or late on demand."""

from __future__ import annotations

import asyncio
import contextlib

CHUNK = 65536
DRIP_SECONDS = 1.0


class Wire:
    """Listens on loopback and forwards to `target_port`.

    `mode` holds for old and new connections: `pass`; `hole` (accepts, forwards nothing, closes nothing); `drip` (one
    byte a second towards the client); `late` (everything 0.3 s late).
    """

    LATE_SECONDS = 0.3

    def __init__(self, target_port: int) -> None:
        self.mode = "pass"
        self.port = 0
        self._target_port = target_port
        self._server: asyncio.Server | None = None
        self._changed = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def set(self, mode: str) -> None:
        self.mode = mode
        self._changed.set()
        self._changed = asyncio.Event()

    def cut(self) -> None:
        """Reset every connection, without a goodbye."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            writer.transport.abort()
            return
        both = (writer, there_writer)
        self._writers.update(both)
        pumps = [
            asyncio.ensure_future(self._pump(reader, there_writer, is_answer=False)),
            asyncio.ensure_future(self._pump(there_reader, writer, is_answer=True)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        for end in both:
            self._writers.discard(end)
            end.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                while self.mode == "hole":
                    await self._changed.wait()
                if self.mode == "late":
                    await asyncio.sleep(self.LATE_SECONDS)
                while self.mode == "drip" and is_answer and data:
                    writer.write(data[:1])
                    data = data[1:]
                    await self._pause()
                writer.write(data)
                await writer.drain()

    async def _pause(self) -> None:
        """A drip's second, or less when the mode changes."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), DRIP_SECONDS)
