"""WebSocket frames made from a seed, from an almost valid ping to arbitrary bytes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.system.fuzz import values
from tests.waiting import HANG_SECONDS

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
LARGEST = 4096
# How many pings, at most, come before the one frame that ends the connection.
MOST_PINGS = 12
RIGHT = (
    '{"type": "ping"}',
    '{"type":"ping","x":1}',
    ' {"type" : "ping"} ',
    '{"x": "\\ud800", "type": "ping"}',
    '{"type":"pong","type":"ping"}',
)
WRONG = (
    '{"type": "pong"}',
    '{"type": null}',
    '{"type": ["ping"]}',
    '[{"type": "ping"}]',
    '"ping"',
    "ping",
    '{"type": "ping"',
    "{}",
)
FIELDS = ("type", "ping", "seq", "last_seq", "epoch", "feed")


@dataclass
class Talk:
    """One connection: how many frames were sent, the code it ended with, how long the longest wait was."""

    frames: int = 0
    code: int | None = None
    slowest: float = 0.0
    finding: str = ""
    sent: list[bytes] = field(default_factory=list, repr=False)


async def talk(seed: int, number: int, port: int, host: str) -> Talk:
    """Connection `number` of this seed: it sends some pings, then something invalid, and is closed for it."""
    rng = random.Random(f"{seed} frames {number}")
    done = Talk()
    try:
        async with asyncio.timeout(HANG_SECONDS):
            await _talk(rng, port, host, done)
    except TimeoutError:
        done.finding = f"no end within {HANG_SECONDS:g} s"
    except (OSError, EOFError):
        done.code = done.code or 1006
    return done


async def _talk(rng: random.Random, port: int, host: str, done: Talk) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    try:
        status = await _open(reader, writer, host, _resume(rng))
        if status != 101:
            done.frames = 1
            done.finding = "" if status in (400, 403, 404, 414, 431) else f"the handshake was answered with {status}"
            return
        for _ in range(rng.randrange(MOST_PINGS)):
            await _say(writer, done, frame(TEXT, rng.choice(RIGHT).encode()))
            await _await(reader, done, "pong")
        data, wanted = last_frame(rng)
        await _say(writer, done, data)
        await _await(reader, done, "")
        if wanted and done.code not in wanted:
            done.finding = f"closed with {done.code} instead of {wanted} after {data[:80]!r}"
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _resume(rng: random.Random) -> str:
    """What a connection asks to resume from."""
    pairs = [
        (name, values.text(rng)[:300])
        for name in ("last_seq", "epoch", "feed")
        if rng.random() < (0.1 if name == "feed" else 0.5)
    ]
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs) + rng.choice(
        ("", "", "&last_seq=%ff", "&=&&")
    )


def last_frame(rng: random.Random) -> tuple[bytes, tuple[int, ...]]:
    """A frame that ends the connection, and the codes of which it may be one; none when the protocol decides."""
    kind = rng.random()
    if kind < 0.45:
        body = rng.choice(WRONG).encode() if rng.random() < 0.3 else values.json_text(rng, FIELDS)[:200_000]
        if _is_ping(body) or not _is_text(body):
            return frame(TEXT, b"\xff"), ()
        return frame(TEXT, body), (4409,) if len(body) > LARGEST else (4400,)
    if kind < 0.6:
        body = rng.randbytes(rng.choice((0, 1, 10, LARGEST, LARGEST + 1, 60_000)))
        return frame(BINARY, body), (4409,) if len(body) > LARGEST else (4400,)
    if kind < 0.7:
        return frame(TEXT, b"{", is_last=False) + frame(PING, b"x") + frame(0, b"}"), (4400,)
    if kind < 0.8:
        return frame(rng.choice((3, 7, 11, 15)), rng.randbytes(10)), ()
    if kind < 0.85:
        return frame(TEXT, b'{"type": "ping"}', bits=rng.choice((0x40, 0x20, 0x10))), ()
    if kind < 0.9:
        return frame(CLOSE, rng.choice((b"", b"\x03", b"\x03\xe8bye", b"\x00\x00", b"\xff\xff\xff"))), ()
    if kind < 0.95:
        # A length beyond every limit, announced and not sent.
        return bytes([0x81, 0xFF]) + rng.choice((2**40, 2**63, 2**64 - 1)).to_bytes(8, "big") + b"mask", ()
    return bytes([0x81, 0x05]) + rng.randbytes(20), ()


def frame(opcode: int, body: bytes, *, is_last: bool = True, bits: int = 0) -> bytes:
    """One masked frame."""
    head = bytes([(0x80 if is_last else 0) | bits | opcode])
    if len(body) < 126:
        head += bytes([0x80 | len(body)])
    elif len(body) < 65536:
        head += bytes([0xFE]) + len(body).to_bytes(2, "big")
    else:
        head += bytes([0xFF]) + len(body).to_bytes(8, "big")
    mask = os.urandom(4)
    key = (mask * (len(body) // 4 + 1))[: len(body)]
    return head + mask + (int.from_bytes(body, "big") ^ int.from_bytes(key, "big")).to_bytes(len(body), "big")


async def _open(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, query: str) -> int:
    writer.write(
        f"GET /ws/dashboard/?{query} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1])


async def _say(writer: asyncio.StreamWriter, done: Talk, data: bytes) -> None:
    done.frames += 1
    done.sent.append(data[:200])
    writer.write(data)
    await writer.drain()


async def _await(reader: asyncio.StreamReader, done: Talk, kind: str) -> None:
    """Read until a frame of that type comes, or the end."""
    began = time.monotonic()
    while True:
        opcode, body = await _read(reader)
        if opcode == CLOSE:
            done.code = int.from_bytes(body[:2], "big") if len(body) >= 2 else 1005
            done.slowest = max(done.slowest, time.monotonic() - began)
            if kind:
                done.finding = f"closed with {done.code} while a {kind} was due, after {done.sent[-1]!r}"
                raise EOFError
            return
        if kind and body.startswith(f'{{"type":"{kind}"'.encode()):
            done.slowest = max(done.slowest, time.monotonic() - began)
            return


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, second = await reader.readexactly(2)
    size = second & 0x7F
    if size > 125:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
    return first & 0x0F, await reader.readexactly(size)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_ping(body: bytes) -> bool:
    return b'"ping"' in body and b'"type"' in body
