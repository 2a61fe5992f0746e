"""Measures the memory that stays in the web process after N requests with a token: `python -m tests.system.fuzz.memory N`.

It fails when the last four fifths of the requests leave more than `MOST_GROWTH` behind.
"""

from __future__ import annotations

import http.client
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil

from tests.stack import Stack
from tests.system.live.people import bearer, make_people
from tests.system.live.product import Product

PATH, LINES = "/api/stats", 4
REQUESTS, WARM_UP = 100_000, 0.2
MOST_GROWTH = 10_000_000


def main(count: int) -> int:
    with Stack(env={"INVOICEDASH_OPEN": "0"}) as stack:
        token = make_people(Product(stack), {"viewer": "viewer"})["viewer"]
        growth = measure(stack, bearer(token), count)
    print(f"{count} requests with a token: {growth / 1e6:.1f} MB more after the last {1 - WARM_UP:.0%} of them")
    return 0 if growth < MOST_GROWTH else 1


def measure(stack: Stack, headers: dict[str, str], count: int) -> int:
    """How many bytes the web process grew by after its first `WARM_UP` requests; none of them may fail."""
    web = psutil.Process(stack.pid("web"))
    warm_up = int(count * WARM_UP)
    ask(stack.port, headers, warm_up)
    before = web.memory_full_info().uss
    ask(stack.port, headers, count - warm_up)
    return int(web.memory_full_info().uss - before)


def ask(port: int, headers: dict[str, str], count: int) -> None:
    """Ask so often, over a few connections at once; raises `AssertionError` when an answer is not 200."""
    with ThreadPoolExecutor(LINES) as lines:
        refused = list(lines.map(lambda _: _ask_in_turn(port, headers, count // LINES), range(LINES)))
    assert not any(refused), refused


def _ask_in_turn(port: int, headers: dict[str, str], count: int) -> list[int]:
    """The statuses that were not 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    statuses = []
    for _ in range(count):
        connection.request("GET", PATH, headers=headers)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()
    return [status for status in statuses if status != 200]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS))
