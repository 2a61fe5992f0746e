"""Checks whether the web process is ready, as a load balancer does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

ASK_SECONDS = 3.0
# Only used for look-ups, never bound.
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # nosec


def reachable(host: str) -> str:
    """The address at which this machine reaches a server bound to `host`."""
    bare = host.strip("[]")
    return ANY_ADDRESS.get(bare, bare)


async def is_web_ready(host: str, port: int, allowed_hosts: Sequence[str]) -> bool:
    """Whether `/readyz` answers 200, asked with a host name that the web process accepts and as if over HTTPS."""
    head = (
        f"GET /readyz HTTP/1.0\r\nHost: {allowed_hosts[0].lstrip('.')}\r\n"
        "X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
    )
    try:
        async with asyncio.timeout(ASK_SECONDS):
            reader, writer = await asyncio.open_connection(reachable(host), port)
            try:
                writer.write(head.encode())
                answer = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    return answer.split()[1:2] == [b"200"]
