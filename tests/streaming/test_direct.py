"""Frames written past the server are valid for every client on both servers; a failure would only show as processor time."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect

from runtime.environment import BASE_DIR
from streaming.direct import frame_of, writer_of
from tests.stack import free_port
from tests.streaming.direct_app import TEXTS
from tests.waiting import wait_for

APPLICATION = "tests.streaming.direct_app:application"
SERVERS = {
    "daphne": ["runtime.daphne_server", "-b", "127.0.0.1", "--verbosity", "0", "-p"],
    "uvicorn": [
        *("uvicorn", "--host", "127.0.0.1", "--loop", "uvloop", "--ws", "websockets-sansio", "--lifespan", "off"),
        *("--ws-per-message-deflate", "false", "--log-level", "warning", "--port"),
    ],
}


@given(st.text(max_size=300) | st.sampled_from(["", "a" * 125, "a" * 126, "a" * 65_535, "a" * 65_536]))
def test_a_frame_is_what_a_library_makes(text: str) -> None:
    made = Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
    assert frame_of(text) == made


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_lets_it_through(server: str) -> None:
    port = free_port()
    command = [sys.executable, "-m", *SERVERS[server], str(port), APPLICATION]
    with subprocess.Popen(command, cwd=BASE_DIR, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert _messages(port) == [*TEXTS, "False [True, True, True]"]
        finally:
            process.terminate()
        assert process.stderr is not None
        assert "written after" not in process.stderr.read()


def _messages(port: int) -> list[str]:
    address = f"ws://127.0.0.1:{port}/"

    def answers() -> list[str]:
        try:
            with connect(address) as socket:
                return [str(message) for message in socket]
        except OSError:
            return []

    return wait_for(answers, "the server to answer")


def test_an_unknown_server_is_written_to_by_its_own_send() -> None:
    async def send(message: object) -> None:
        raise AssertionError

    assert writer_of(send)(b"frame") is False
