"""A proxy for TCP and Unix sockets that a test can cut, silence, slow down or delay.

It stands between the screens and the web process, and between processes and PostgreSQL or Redis for faults that a signal
to the server cannot cause.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

CHUNK_BYTES = 65536
DRIP_SECONDS = 1.0


class Wire:
    """Listens on a port of loopback, or at a Unix path, and forwards to `target`: a port or the path of a socket.

    `mode` is one of these, and concerns open and later connections:

    - `pass`: forward all data at once.
    - `hole`: accept connections, forward nothing, close nothing.
    - `drip`: forward one byte per second towards the client.
    - `late`: forward each piece of data `late_seconds` late.
    - `deaf`: a hole for the connections that are open now; later connections pass.
    """

    def __init__(self, target: int | Path, *, late_seconds: float = 0.3) -> None:
        self.mode = "pass"
        self.port = 0
        self._target = target
        self._late_seconds = late_seconds
        self._server: asyncio.Server | None = None
        # Set and replaced at each change of the mode, which wakes every waiting task once.
        self._changed = asyncio.Event()
        # Both ends of each connection.
        self._writers: set[asyncio.StreamWriter] = set()
        self._deaf: set[asyncio.StreamWriter] = set()

    async def start(self, path: Path | None = None) -> None:
        """Listen at `path`, or else on a free port, which is `port` afterwards."""
        if path is not None:
            self._server = await asyncio.start_unix_server(self._serve, path)
            return
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def set(self, mode: str) -> None:
        """Change the mode; data that waits in a hole is forwarded in the new mode."""
        self._deaf = set(self._writers) if mode == "deaf" else set()
        self.mode = mode
        self._changed.set()
        self._changed = asyncio.Event()

    def cut(self) -> None:
        """Reset every connection, without an orderly close."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def close(self) -> None:
        """Stop listening, and reset every connection."""
        if self._server is not None:
            self._server.close()
        self.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect a client (`reader`, `writer`) to the target, and forward in both directions until one end closes."""
        try:
            target_reader, target_writer = await self._connect_target()
        except OSError:
            writer.transport.abort()
            return
        both_ends = (writer, target_writer)
        self._writers.update(both_ends)
        directions = [
            asyncio.ensure_future(self._forward(reader, target_writer, is_answer=False)),
            asyncio.ensure_future(self._forward(target_reader, writer, is_answer=True)),
        ]
        await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        for direction in directions:
            direction.cancel()
        await asyncio.gather(*directions, return_exceptions=True)
        for end in both_ends:
            self._writers.discard(end)
            end.close()

    async def _connect_target(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, Path):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection("127.0.0.1", self._target)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool) -> None:
        """Forward data by the current mode until the connection ends; `is_answer`: towards the client."""
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                while self.mode == "hole" or writer in self._deaf:
                    await self._changed.wait()
                if self.mode == "late":
                    await asyncio.sleep(self._late_seconds)
                while self.mode == "drip" and is_answer and data:
                    writer.write(data[:1])
                    data = data[1:]
                    await self._wait_one_drip()
                writer.write(data)
                await writer.drain()

    async def _wait_one_drip(self) -> None:
        """Wait for `DRIP_SECONDS`, or less when the mode changes."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRIP_SECONDS):
                await self._changed.wait()


class Interposed:
    """A wire in the place of a server's Unix socket at `path`, as a context manager.

    The socket is moved to the directory `behind`, where it can still be reached. A server that restarts within the block
    makes a new socket at `path`, and new connections no longer pass through the wire.
    """

    def __init__(self, path: Path, *, late_seconds: float = 0.05) -> None:
        self.wire = Wire(path.parent / "behind" / path.name, late_seconds=late_seconds)
        self.behind = path.parent / "behind"
        self._path = path
        # Distinguishes the wire's socket from one that a restarted server made at the same path.
        self._inode = 0

    async def __aenter__(self) -> Interposed:
        """Move the socket and start the wire; raises `OSError` when there is no socket, or it was moved already."""
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
