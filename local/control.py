"""The control socket of the supervisor: other programs on this machine can request the kill of a process.

The socket is in the run directory and is accessible to this user only.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

from local.state import read_state

__all__ = ["Refused", "read_state", "request_kill", "serve"]

SOCKET_NAME = "control.sock"
WAIT_SECONDS = 2.0
LONGEST_LINE = 200


class Refused(RuntimeError):
    """The supervisor rejects the request, or no supervisor runs; the text is one sentence."""


def request_kill(data_dir: Path, name: str) -> None:
    """Ask the supervisor of `data_dir` to kill -9 the process `name` and all its children; it is restarted.

    Raises `Refused` when no supervisor runs, it does not answer within 2 s, or no such process runs.
    """
    state = read_state(data_dir)
    if state is None:
        raise Refused("No local supervisor runs here.")
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(WAIT_SECONDS)
            connection.connect(state["control"])
            connection.sendall(f"kill {' '.join(name.split())}\n".encode())
            answer = connection.makefile().readline(LONGEST_LINE).strip()
    except OSError as error:
        raise Refused(f"The local supervisor does not answer: {error}.") from error
    if answer != "ok":
        raise Refused(answer.removeprefix("error: ") or "The local supervisor gave no answer.")


async def serve(run_dir: Path, kill: Callable[[str], None]) -> asyncio.Server:
    """Listen for `kill NAME` lines; `kill` raises `Refused` for a name it cannot kill."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                line = await reader.readline()
            writer.write(_answer(line, kill))
            async with asyncio.timeout(WAIT_SECONDS):
                await writer.drain()
        except (OSError, TimeoutError, ValueError):
            pass
        finally:
            writer.close()

    path = run_dir / SOCKET_NAME
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(answer, path, limit=LONGEST_LINE)
    path.chmod(0o600)
    return server


def _answer(line: bytes, kill: Callable[[str], None]) -> bytes:
    verb, _, name = line.decode(errors="replace").strip().partition(" ")
    try:
        if verb != "kill" or not name:
            raise Refused("Unknown command: use `kill NAME`.")
        kill(name)
    except Refused as refusal:
        return f"error: {refusal}\n".encode()
    return b"ok\n"
