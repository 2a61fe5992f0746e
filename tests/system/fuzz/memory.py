"""Checks that requests with a token leak no memory in the web process: `python -m tests.system.fuzz.memory [N]`.

The first fifth of the N requests fills caches and pools. The exit code is 1 when the memory of the process grows by more
than `MOST_GROWTH_BYTES` during the rest.
"""

from __future__ import annotations

import http.client
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil

from tests.stack import Stack
from tests.system.live.people import bearer, make_people
from tests.system.live.product import Product
from tests.waiting import HANG_SECONDS

PATH, CONNECTIONS = "/api/stats", 4
DEFAULT_REQUESTS, WARM_UP_SHARE = 100_000, 0.2
MOST_GROWTH_BYTES = 10_000_000


def main(count: int) -> int:
    """Run a closed product, send `count` requests, print the growth; returns the exit code."""
    with Stack(env={"INVOICEDASH_OPEN": "0"}) as stack:
        token = make_people(Product(stack), {"viewer": "viewer"})["viewer"]
        growth = measure(stack, bearer(token), count)
    print(f"{count} requests with a token: {growth / 1e6:.1f} MB more after the last {1 - WARM_UP_SHARE:.0%} of them")
    return 0 if growth < MOST_GROWTH_BYTES else 1


def measure(stack: Stack, headers: dict[str, str], count: int) -> int:
    """The bytes (USS) that the web process grows by during the requests after the first `WARM_UP_SHARE`.

    Raises `AssertionError` when a request fails.
    """
    web = psutil.Process(stack.pid("web"))
    warm_up = int(count * WARM_UP_SHARE)
    send_requests(stack.port, headers, warm_up)
    before = web.memory_full_info().uss
    send_requests(stack.port, headers, count - warm_up)
    return int(web.memory_full_info().uss - before)


def send_requests(port: int, headers: dict[str, str], count: int) -> None:
    """Send `count` requests over `CONNECTIONS` connections; raises `AssertionError` when an answer is not 200."""
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        share = count // CONNECTIONS
        failures = list(threads.map(lambda _: _send_in_sequence(port, headers, share), range(CONNECTIONS)))
    assert not any(failures), failures


def _send_in_sequence(port: int, headers: dict[str, str], count: int) -> list[int]:
    """Send `count` requests over one connection; returns the statuses other than 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANG_SECONDS)
    statuses = []
    for _ in range(count):
        connection.request("GET", PATH, headers=headers)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()
    return [status for status in statuses if status != 200]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_REQUESTS))
