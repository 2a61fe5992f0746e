"""Sends requests for /api/stats with a token to the web process's application, and prints how many objects stay.

Run as a process: `python -m tests.system.ops.asking REQUESTS`, with the environment of a web process and the token in `TOKEN`.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from typing import Any

PATH, AT_ONCE = "/api/stats", 4


ROUNDS = 3


async def main(count: int) -> int:
    """The objects that `count` requests leave, frozen ones included: the least of some rounds.

    A leak grows in every round. A late import or a new connection grows in one.
    """
    from invoicedash.asgi import application

    # Caches and pools fill.
    await ask(application, count // 2)
    growths = []
    for _ in range(ROUNDS):
        before = object_count()
        await ask(application, count)
        growths.append(object_count() - before)
    return min(growths)


async def ask(application: Any, count: int) -> None:
    async def ask_in_turn() -> None:
        for _ in range(count // AT_ONCE):
            assert await status_of(application) == 200

    await asyncio.gather(*[ask_in_turn() for _ in range(AT_ONCE)])


async def status_of(application: Any) -> int:
    """The status of one request."""
    body = asyncio.Queue[dict[str, Any]]()
    body.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    statuses: list[int] = []

    async def send(message: dict[str, Any]) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {os.environ['TOKEN']}".encode())]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": PATH,
        "query_string": b"",
        "headers": headers,
    }
    await application(scope, body.get, send)
    return statuses[0]


def object_count() -> int:
    gc.collect()
    return len(gc.get_objects()) + gc.get_freeze_count()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "invoicedash.settings"
    print(asyncio.run(main(int(sys.argv[1]))))
