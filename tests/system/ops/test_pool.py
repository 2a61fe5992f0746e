"""The web process's pool of database connections: a request that passes the answer limit returns its connection."""

from __future__ import annotations

import re
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.dashboard.api.test_outage import web_process
from tests.system.ops.wired import ThreadedWire, database_url, wired_web
from tests.waiting import HANG_SECONDS, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
SERVERS = ("daphne", "uvicorn")
PAST_THE_LIMIT, AT_ONCE = 100, 16
# More than the pool has connections.
CROWD = 60


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> dict[str, Future[None]]:
    """What became of the pool of each server: both are asked at the same time, and each mostly waits for its limit."""
    with ThreadPoolExecutor(len(SERVERS)) as threads:
        return {server: threads.submit(exhaust, server, tmp_path_factory.mktemp(server)) for server in SERVERS}


@pytest.mark.parametrize("server", SERVERS)
def test_a_hundred_requests_past_the_answer_limit_leave_the_pool_whole(
    checks: dict[str, Future[None]], server: str
) -> None:
    checks[server].result()


def exhaust(server: str, data_dir: Path) -> None:
    with wired_web(data_dir, WEB_SERVER=server) as (client, wire):
        wait_for(lambda: client.get("/readyz").status_code == 200, "the web process to be ready")
        fill(client, wire)
        past = 0
        while past < PAST_THE_LIMIT:
            past += pass_the_limit(client, wire)
            wait_for(lambda: client.get("/readyz").status_code == 200, "the web process to be ready again")
        # The one that reads the metrics, and those of the threads that keep theirs (the heartbeat's).
        wait_for(lambda: used(client) <= 2, "all connections to return to the pool")


def pass_the_limit(client: httpx.Client, wire: ThreadedWire) -> int:
    """How many requests passed the answer limit while PostgreSQL was silent."""
    wire.set("hole")
    answers = ask(client)
    wire.set("pass")
    assert {answer.status_code for answer in answers} == {503}
    return sum("did not answer in time" in answer.text for answer in answers)


def is_full(client: httpx.Client) -> bool:
    return "pool-full" in client.get("/api/system/status", timeout=HANG_SECONDS).text


def ask(client: httpx.Client) -> list[httpx.Response]:
    with ThreadPoolExecutor(AT_ONCE) as callers:
        return list(callers.map(lambda _: client.get("/api/invoices", timeout=HANG_SECONDS), range(AT_ONCE)))


def fill(client: httpx.Client, wire: ThreadedWire) -> None:
    """Make the pool open connections: a request that finds none waits for one, and gives up before the answer limit."""
    wire.set("late")
    for _ in range(3):
        ask(client)
    wire.set("pass")


def used(client: httpx.Client) -> int:
    """How many connections of the pool are in use while the metrics are read."""
    text = client.get("/metrics", timeout=HANG_SECONDS).text
    found = re.search(r"^invoicedash_pool_connections (\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 1000


def test_a_full_pool_is_a_condition_while_requests_wait(tmp_path: Path) -> None:
    """The requests that have a connection wait for a lock, the others for a connection."""
    with web_process(database_url(), tmp_path) as client, psycopg.connect(database_url()) as holder:
        assert not is_full(client)
        holder.execute("LOCK TABLE invoices_invoice IN ACCESS EXCLUSIVE MODE")
        seen = threading.Event()
        with ThreadPoolExecutor(CROWD) as callers:
            for _ in range(CROWD):
                callers.submit(ask_until_full, client, seen)
            is_seen = seen.wait(HANG_SECONDS)
            seen.set()
            holder.rollback()
        assert is_seen
        wait_for(lambda: not is_full(client), "the condition to be cleared")


def ask_until_full(client: httpx.Client, seen: threading.Event) -> None:
    """Ask until an answer, of this caller or of another one, names the condition."""
    while not seen.is_set():
        if "pool-full" in client.get("/api/invoices", timeout=HANG_SECONDS).text:
            seen.set()
