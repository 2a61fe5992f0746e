"""A wire that can break: forwards connections, and can be cut, silent, slow or late.

It stands before the web process for the screens, and between the processes and a server where no signal can do it.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

CHUNK = 65536
DRIP_SECONDS = 1.0


class Wire:
    """Listens on loopback, or at a Unix path, and forwards to `target`: a port or the path of a socket.

    `mode` holds for old and new connections: `pass`; `hole` (accepts, forwards nothing, closes nothing); `drip` (one
    byte a second towards the client); `late` (everything that much late). `deaf` is a hole for the old ones alone.
    """

    def __init__(self, target: int | Path, *, late_seconds: float = 0.3) -> None:
        self.mode = "pass"
        self.port = 0
        self._target = target
        self._late_seconds = late_seconds
        self._server: asyncio.Server | None = None
        self._changed = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._deaf: set[asyncio.StreamWriter] = set()

    async def start(self, path: Path | None = None) -> None:
        if path is not None:
            self._server = await asyncio.start_unix_server(self._serve, path)
            return
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def set(self, mode: str) -> None:
        self._deaf = set(self._writers) if mode == "deaf" else set()
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
            there_reader, there_writer = await self._dial()
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

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, Path):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection("127.0.0.1", self._target)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                while self.mode == "hole" or writer in self._deaf:
                    await self._changed.wait()
                if self.mode == "late":
                    await asyncio.sleep(self._late_seconds)
                while self.mode == "drip" and is_answer and data:
                    writer.write(data[:1])
                    data = data[1:]
                    await self._pause()
                writer.write(data)
                await writer.drain()

    async def _pause(self) -> None:
        """A drip's second, or less when the mode changes."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRIP_SECONDS):
                await self._changed.wait()


class Interposed:
    """A wire in the place of a server's Unix socket, for as long as the context lasts.

    The socket is moved to a directory `behind`, where it can still be reached. A server that restarts meanwhile makes
    a new socket in the old place, and the wire is out of the way.
    """

    def __init__(self, path: Path, *, late_seconds: float = 0.05) -> None:
        self.wire = Wire(path.parent / "behind" / path.name, late_seconds=late_seconds)
        self.behind = path.parent / "behind"
        self._path = path
        self._inode = 0

    async def __aenter__(self) -> Interposed:
        """Raises `OSError` when there is no socket there, or it has been moved already."""
        self.behind.mkdir(mode=0o700, exist_ok=True)
        if (self.behind / self._path.name).exists():
            raise FileExistsError(f"{self._path} is interposed already")
        self._path.rename(self.behind / self._path.name)
        await self.wire.start(self._path)
        self._path.chmod(0o700)
        self._inode = self._path.stat().st_ino
        return self

    async def __aexit__(self, *_: object) -> None:
        moved = self.behind / self._path.name
        is_ours = self._path.exists() and self._path.stat().st_ino == self._inode
        if is_ours:
            moved.replace(self._path)
        else:
            moved.unlink(missing_ok=True)
        await self.wire.close()
