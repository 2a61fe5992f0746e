"""No secret and no search text appears in the output of any process: each value here is unique."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest
from websockets.exceptions import InvalidStatus

from runtime.environment import BASE_DIR
from tests import migrated
from tests.stack import Stack
from tests.system.live.dashboard import open_socket
from tests.waiting import HANG_SECONDS, wait_for

NAMES = ("database", "key", "admin", "flower", "token", "typed", "session", "query", "epoch", "body", "basic")
CANARIES = {name: f"canary-{name}-7d1f40" for name in NAMES}
DATABASE = "canaries"


@pytest.fixture(scope="module")
def watched() -> Iterator[Stack]:
    """A product that asks everybody who they are, on a database of the tests' server, with a password in its address."""
    host = parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)["host"][0]
    env = {
        "DATABASE_URL": f"postgresql://invoicedash:{CANARIES['database']}@/{DATABASE}?host={host}",
        "SECRET_KEY": CANARIES["key"] * 3,
        "ADMIN_PASSWORD": CANARIES["admin"],
        "FLOWER_PASSWORD": CANARIES["flower"],
        "INVOICEDASH_OPEN": "0",
    }
    with migrated.copy(DATABASE), Stack(env=env) as stack:
        yield stack


def provoke(stack: Stack) -> None:
    """Whatever makes a process say something, with a canary in it."""
    url, bird = stack.url, CANARIES
    with httpx.Client(base_url=url, timeout=HANG_SECONDS, trust_env=False) as browser:
        browser.get("/api/stats", headers={"Authorization": f"Bearer {bird['token']}"})
        browser.get("/api/stats", headers={"Authorization": f"Basic {bird['basic']}"})
        browser.get(f"/api/nope?q={bird['query']}")
        browser.get(f"/?feed={bird['query']}", headers={"Cookie": f"sessionid={bird['session']}"})
        browser.get("/login/")
        form = {"username": "admin", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        for _ in range(6):
            browser.post("/login/", data=form | {"password": bird["typed"]}, headers={"Origin": url})
        browser.post("/login/", data={"password": bird["typed"]})
        browser.post("/api/control/start", content=f'{{"{bird["body"]}": '.encode())
        browser.get(f"/api/stats?x={bird['query']}", headers={"Host": "elsewhere.example"})
        # Both logins: the admin's own is locked out by now, from this address.
        browser.post("/admin/login/", data=form | {"password": bird["admin"]}, headers={"Origin": url})
    headers = {"Authorization": f"Bearer {bird['token']}"}
    with suppress(InvalidStatus), open_socket(stack.ws_url, epoch=bird["epoch"], headers=headers):
        pass


def end_connections() -> None:
    """An outage, of which every process has something to say."""
    with psycopg.connect(os.environ["DATABASE_URL"], dbname="postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [DATABASE])


def test_no_process_says_a_secret(watched: Stack) -> None:
    provoke(watched)
    end_connections()
    provoke(watched)
    wait_for(lambda: "django.request" in watched.output(), "the log of what was provoked")
    # The banner is how `make run` hands its passwords over.
    said = [line for line in watched.output().splitlines() if not line.lstrip().startswith(("Admin ", "Flower "))]
    assert len(said) > 10
    leaks = {name: line for name, canary in CANARIES.items() for line in said if canary in line}
    assert leaks == {}


@pytest.mark.parametrize("command", ["audit", "generation_status", "check"])
def test_no_command_says_the_password_of_a_database_that_is_not_there(watched: Stack, command: str) -> None:
    nowhere = f"postgresql://invoicedash:{CANARIES['database']}@127.0.0.1:1/none"
    env = watched.env | {"DATABASE_URL": nowhere}
    done = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
    assert CANARIES["database"] not in done.stdout + done.stderr
    assert CANARIES["key"] not in done.stdout + done.stderr
