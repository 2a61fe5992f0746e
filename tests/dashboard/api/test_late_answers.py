"""A request that passes the answer limit is answered with its known state, and its outcome matches the database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.core.asgi import get_asgi_application
from django.db import connection, transaction
from pytest_django import Settings

from invoices.models import Invoice, Series
from runtime import limits
from runtime.limits import limit_http
from tests.dashboard.api.test_documents import ONE
from tests.waiting import HANG_SECONDS, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
Ask = Callable[..., httpx.Response]
_END_OTHER_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
BATCH = {"invoices": [ONE, ONE | {"lines": []}, ONE]}


@pytest.fixture
def held_series(settings: Settings) -> Iterator[Callable[[], None]]:
    """Another transaction locks our own series until the returned function is called."""
    settings.INVOICEDASH_OPEN = True
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Series.objects.select_for_update().get(prefix="INV")
            is_held.set()
            may_end.wait(HANG_SECONDS)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_held.wait(HANG_SECONDS)

    def release() -> None:
        may_end.set()
        thread.join(HANG_SECONDS)

    yield release
    release()


@pytest.mark.parametrize("body", [ONE, BATCH], ids=["one", "batch"])
@pytest.mark.parametrize("prefer", ["", "respond-async"])
def test_a_late_post_answers_as_it_was_committed(
    ask: Ask, held_series: Callable[[], None], monkeypatch: pytest.MonkeyPatch, body: Any, prefer: str
) -> None:
    late = post_until_begun(ask, body, {"Prefer": prefer} if prefer else {}, monkeypatch)
    assert late.status_code == (202 if prefer else 503), late.text
    location = late.headers["Location"]
    assert prefer or location in late.json()["detail"]
    assert ask("GET", location).json() == {"state": "running", "status": None, "href": None}
    assert not Invoice.objects.exists()
    held_series()
    wait_for(lambda: ask("GET", location).json()["state"] == "done", "the outcome")
    outcome = ask("GET", location).json()
    assert outcome["status"] == (201 if body is ONE else 200)
    assert ask("GET", outcome["href"]).status_code == 200
    again = ask("POST", limits.BATCH_PATH, json=body, headers={"Idempotency-Key": location.rpartition("/")[2]})
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Invoice.objects.count() == (1 if body is ONE else 2)


def post_until_begun(ask: Ask, body: Any, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> httpx.Response:
    """The answer at the limit to a post that had begun; however slow the machine is, some limit is long enough."""
    for seconds in (0.5, 5.0, 50.0):
        monkeypatch.setattr(limits, "ANSWER_SECONDS", seconds)
        answer = ask("POST", limits.BATCH_PATH, json=body, headers=headers)
        if "Nothing was done" not in answer.text:
            break
    monkeypatch.setattr(limits, "ANSWER_SECONDS", HANG_SECONDS)
    return answer


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Answers of the whole application behind the limits, on one event loop: it outlives a request that was given up."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def send(method: str, path: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(limit_http(get_asgi_application()))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, **options)

    yield lambda *arguments, **options: asyncio.run_coroutine_threadsafe(send(*arguments, **options), loop).result(
        2 * HANG_SECONDS
    )
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    # Threads of requests that were given up leave their sessions open, and the test database could not be dropped.
    with connection.cursor() as cursor:
        cursor.execute(_END_OTHER_SESSIONS)


@pytest.fixture
def commit_is_lost(settings: Settings) -> Iterator[None]:
    """The server ends the connection in the middle of the commit of a document."""
    settings.INVOICEDASH_OPEN = True
    with connection.cursor() as cursor:
        cursor.execute(_END_AT_COMMIT)
    yield
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION end_at_commit CASCADE")


_END_AT_COMMIT = """
CREATE FUNCTION end_at_commit() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER end_at_commit AFTER INSERT ON invoices_document DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION end_at_commit()
"""


@pytest.mark.usefixtures("commit_is_lost")
def test_a_commit_without_an_answer_is_not_known_to_be_done_or_not(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANSWER_SECONDS", HANG_SECONDS)
    lost = ask("POST", limits.BATCH_PATH, json=ONE)
    assert lost.status_code == 503
    assert "not known whether" in lost.json()["detail"]
    assert ask("GET", lost.headers["Location"]).json()["state"] in ("running", "unknown")
    wait_for(lambda: ask("GET", lost.headers["Location"]).json()["state"] == "done", "the outcome")
    assert ask("GET", lost.headers["Location"]).json() == {"state": "done", "status": 503, "href": None}
    assert not Invoice.objects.exists()
