"""A dashboard without a page: a WebSocket client that keeps the contract's rules and a log of every frame.

It resumes by last sequence number and epoch, takes 5 s of silence or 2 s behind a reported head for a lost connection, and
keeps what a page would have on screen.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.system.chaos.history import History

SILENCE_SECONDS, BEHIND_SECONDS, OPEN_SECONDS = 5.0, 2.0, 5.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
OPTIONS: dict[str, Any] = {"ping_interval": None, "compression": None, "max_size": None, "proxy": None}


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame, on the screen's `connection`-th connection."""

    wall: float
    connection: int
    body: dict[str, Any]


def parse(text: str | bytes) -> dict[str, Any]:
    """The object of a frame; what is none becomes a frame of type `garbage`, for the checker to find."""
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    return body if isinstance(body, dict) and "type" in body else {"type": "garbage", "text": str(text)[:200]}


class Deaf(Exception):
    """The connection is open and says too little; the text says what is missing."""


class Screen:
    """What one dashboard received, frame by frame, and what it shows by now.

    `rows` is what stands on it: sequence number to invoice, None where the invoice is gone.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.frames: list[Frame] = []
        self.rows: dict[int, dict[str, Any] | None] = {}
        self.last_seq: int | None = None
        self.epoch = ""
        self.stats: dict[str, Any] = {}
        self.status: dict[str, Any] = {}

    def take(self, frame: Frame) -> None:
        """Do what a page does with a frame."""
        self.frames.append(frame)
        body = frame.body
        match body["type"]:
            case "hello":
                self._begin(body)
            case "invoice":
                self.last_seq = body["seq"]
                self.rows[body["seq"]] = body["invoice"]
            case "reset":
                self.rows.clear()
                self.last_seq = body["last_seq"]
            case "stats":
                self.stats = body["stats"]
            case "status":
                self.status = body["status"]

    def is_current(self, last_seq: int, invoice_count: int) -> bool:
        """Whether it is at `last_seq`, idle, with totals of `invoice_count`, and received nothing further."""
        return (
            self.last_seq == last_seq
            and self.stats["invoice_count"] == invoice_count
            and self.status["state"] == "idle"
            and self.status["display"]["last_seq"] == last_seq
        )

    @property
    def is_behind(self) -> bool:
        """Whether a status named rows that it has not been sent."""
        return bool(self.status) and self.status["display"]["last_seq"] > (self.last_seq or 0)

    def _begin(self, hello: dict[str, Any]) -> None:
        if hello["reset"] or self.last_seq is None:
            self.rows.clear()
        self.rows |= {item["seq"]: item["invoice"] for item in hello["items"]}
        self.last_seq, self.epoch = hello["last_seq"], hello["epoch"]
        self.stats, self.status = hello["stats"], hello["status"]


class SocketScreen(Screen):
    """A screen on the product's WebSocket, which connects again and again and resumes where it was."""

    def __init__(self, name: str, url: str, history: History, *, headers: Mapping[str, str]) -> None:
        super().__init__(name)
        self._options = {**OPTIONS, "open_timeout": OPEN_SECONDS, "close_timeout": 0.1, "additional_headers": headers}
        self.connections = 0
        self.is_live = False
        self._url = url
        self._history = history
        self._behind_since: float | None = None
        self._moving = asyncio.Event()
        self._moving.set()
        self._socket: ClientConnection | None = None
        self._last_why = ""

    async def watch(self) -> None:
        """Follow the feed until cancelled, through whatever happens."""
        pause = SHORTEST_PAUSE
        while True:
            try:
                async with connect(self._address(), **self._options) as socket:
                    self.connections += 1
                    await self._follow(socket)
            except (OSError, TimeoutError, WebSocketException, InvalidHandshake, Deaf) as error:
                self._end(f"{type(error).__name__}: {error}"[:100])
            if self.is_live:
                self.is_live, pause = False, SHORTEST_PAUSE
            await asyncio.sleep(random.uniform(SHORTEST_PAUSE / 2, pause))
            pause = min(LONGEST_PAUSE, pause * 2)

    def freeze(self) -> None:
        """Read nothing more, as a computer that sleeps."""
        self._moving.clear()

    def thaw(self) -> None:
        self._moving.set()

    def cut(self) -> None:
        """Lose the connection, without a goodbye."""
        if self._socket is not None:
            self._socket.transport.abort()

    def _end(self, why: str) -> None:
        """Note why a connection ended, or none came about; not the same again and again."""
        if self.is_live or why != self._last_why:
            self._history.note(self.name, "disconnected" if self.is_live else "refused", why=why)
        self._last_why = why

    def _address(self) -> str:
        resume = {} if self.last_seq is None else {"last_seq": self.last_seq, "epoch": self.epoch}
        return f"{self._url}?{urlencode({'feed': 'demo', **resume})}"

    async def _follow(self, socket: ClientConnection) -> None:
        self._behind_since, self._socket = None, socket
        while True:
            await self._moving.wait()
            try:
                async with asyncio.timeout(self._patience()):
                    text = await socket.recv()
            except TimeoutError:
                raise Deaf("behind its head" if self._behind_since else "silent") from None
            frame = Frame(wall=time.time(), connection=self.connections, body=parse(text))
            self.take(frame)
            if frame.body["type"] == "hello":
                self._note_hello(frame.body)
            self._behind_since = (self._behind_since or time.monotonic()) if self.is_behind else None

    def _patience(self) -> float:
        if self._behind_since is None:
            return SILENCE_SECONDS
        return max(0.0, self._behind_since + BEHIND_SECONDS - time.monotonic())

    def _note_hello(self, hello: dict[str, Any]) -> None:
        self.is_live = True
        self._history.note(
            self.name, "hello", connection=self.connections, last_seq=self.last_seq, reset=hello["reset"],
            items=len(hello["items"]),
        )  # fmt: skip
