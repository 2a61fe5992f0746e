"""After a web process is killed in the middle of a post, another one reports the outcome of the request."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import psycopg
import pytest

from tests.dashboard.api.test_documents import LINE, ONE
from tests.stack import Stack
from tests.system.ops.web import WebProcess, own_environment
from tests.waiting import wait_for

PATIENCE = 60
KEY = "killed-in-the-middle"
# Enough lines that the post waits for the series for as long as an answer may take at most.
BODY = ONE | {"lines": [LINE | {"quantity": "1"}] * 3000}
_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def own_stack() -> Iterator[Stack]:
    """A product of its own: real invoices are posted, and they stay."""
    with Stack() as stack:
        yield stack


def test_a_post_whose_process_was_killed_is_settled_and_can_be_sent_again(own_stack: Stack) -> None:
    stack = own_stack
    url = own_environment(stack)["DATABASE_URL"]
    with WebProcess(stack) as web, psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as watcher:
        holder.execute("SELECT 1 FROM invoices_series WHERE prefix = 'INV' FOR UPDATE")
        asked = threading.Thread(target=post_and_get_no_answer, args=(web,))
        asked.start()
        wait_for(lambda: is_somebody_waiting(watcher), "the post to wait for the series")
        assert outcome(stack)["state"] == "running"
        web.send(signal.SIGKILL)
        holder.rollback()
        asked.join(PATIENCE)
    found = wait_for(lambda: (known := outcome(stack))["state"] == "done" and known, "the outcome")
    again = post(stack.url)
    assert again.status_code == 201
    # Whatever PostgreSQL made of the work of the dead process, it is what the outcome said.
    assert ("Idempotent-Replayed" in again.headers) == (found["status"] == 201), found


def post(url: str) -> httpx.Response:
    return httpx.post(f"{url}/api/invoices", json=BODY, headers={"Idempotency-Key": KEY}, timeout=PATIENCE)


def post_and_get_no_answer(web: WebProcess) -> None:
    with suppress(httpx.TransportError):
        post(f"http://127.0.0.1:{web.port}")


def outcome(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{stack.url}/api/idempotency/{KEY}", timeout=PATIENCE).json()
    return found


def is_somebody_waiting(watcher: psycopg.Connection[Any]) -> bool:
    [(count,)] = watcher.execute(_WAITING).fetchall()
    return bool(count)
