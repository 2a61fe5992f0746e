"""A web process is killed in the middle of a post: another process reports the outcome of the request."""

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
from tests.waiting import HANG_SECONDS, wait_for

KEY = "killed-in-the-middle"
# Many lines, so that the post may take as long as the answer limit allows.
BODY = ONE | {"lines": [LINE | {"quantity": "1"}] * 3000}
_WAITING_FOR_LOCKS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def own_stack() -> Iterator[Stack]:
    """A product for this test alone, because a real invoice that is posted stays."""
    with Stack() as stack:
        yield stack


def test_a_post_whose_process_was_killed_is_settled_and_can_be_sent_again(own_stack: Stack) -> None:
    stack = own_stack
    url = own_environment(stack)["DATABASE_URL"]
    with (
        WebProcess(stack) as web,
        psycopg.connect(url) as lock_holder,
        psycopg.connect(url, autocommit=True) as watcher,
    ):
        lock_holder.execute("SELECT 1 FROM invoices_series WHERE prefix = 'INV' FOR UPDATE")
        poster = threading.Thread(target=post_and_get_no_answer, args=(web,))
        poster.start()
        wait_for(lambda: is_a_session_waiting(watcher), "the post to wait for the series")
        assert outcome(stack)["state"] == "running"
        web.send(signal.SIGKILL)
        lock_holder.rollback()
        poster.join(HANG_SECONDS)
    found = wait_for(lambda: (known := outcome(stack))["state"] == "done" and known, "the outcome to be known")
    again = post(stack.url)
    assert again.status_code == 201
    # PostgreSQL may have committed the work of the dead process or not. The reported outcome must be the real one: only
    # an invoice that was issued is answered again as a replay.
    assert ("Idempotent-Replayed" in again.headers) == (found["status"] == 201), found


def post(url: str) -> httpx.Response:
    return httpx.post(f"{url}/api/invoices", json=BODY, headers={"Idempotency-Key": KEY}, timeout=HANG_SECONDS)


def post_and_get_no_answer(web: WebProcess) -> None:
    """Post to `web`, which is killed before it answers."""
    with suppress(httpx.TransportError):
        post(f"http://127.0.0.1:{web.port}")


def outcome(stack: Stack) -> dict[str, Any]:
    """The outcome of the request with `KEY`, from the product's other web process."""
    found: dict[str, Any] = httpx.get(f"{stack.url}/api/idempotency/{KEY}", timeout=HANG_SECONDS).json()
    return found


def is_a_session_waiting(watcher: psycopg.Connection[Any]) -> bool:
    [(count,)] = watcher.execute(_WAITING_FOR_LOCKS).fetchall()
    return bool(count)
