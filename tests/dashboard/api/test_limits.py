"""The answer limit at the ASGI boundary grows with the size of the body, and a late answer gives the known state."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import conditions, limits
from runtime.limits import answer_seconds, limit_http
from runtime.outcomes import SCOPE_NAME, GivenUp, Outcome
from tests.dashboard.api.caller import check

LINES = json.dumps({"lines": [{"unit_price": "1.00", "description": 'called \\"unit_price\\"'}] * 7}).encode()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit passes as soon as the application waits."""
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.0)


def test_the_limit_grows_with_the_lines_and_ends_at_thirty_seconds() -> None:
    assert [answer_seconds(count) for count in (0, 1, 100, 10_000)] == [2.7, 2.71, 3.7, 30.0]


@given(cuts=st.lists(st.integers(0, len(LINES)), max_size=5))
def test_lines_are_counted_however_the_body_is_cut(cuts: list[int]) -> None:
    assert _line_count([LINES[a:b] for a, b in _spans(cuts)]) == 7


def _spans(cuts: list[int]) -> list[tuple[int, int]]:
    places = [0, *sorted(cuts), len(LINES)]
    return list(pairwise(places))


def _line_count(pieces: list[bytes]) -> int:
    async def count() -> int:
        left = list(pieces)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

        body = limits._CountedBody(receive, 10**6)
        while left:
            await body.receive()
        return body.line_count

    return asyncio.run(count())


def test_a_post_of_documents_has_the_time_of_its_lines_and_no_other_has(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[int] = []

    def no_time(line_count: int) -> float:
        waited.append(line_count)
        return 0.0

    monkeypatch.setattr(limits, "answer_seconds", no_time)
    call(waiting, content=LINES)
    call(waiting, content=LINES, path="/api/control/start")
    assert waited == [7, 0]


@pytest.mark.usefixtures("at_once")
def test_what_has_not_begun_is_said_not_to_be_done_and_never_begins() -> None:
    outcomes: list[Outcome] = []
    answer = call(lambda *asgi: waiting(*asgi, outcomes=outcomes))
    assert_refused(answer)
    assert "Nothing was done" in answer.json()["detail"]
    with pytest.raises(GivenUp):
        outcomes[0].begin()


@pytest.mark.usefixtures("at_once")
def test_what_has_begun_is_not_known_and_the_answer_says_where_to_ask() -> None:
    answer = call(lambda *asgi: waiting(*asgi, stage="begin"))
    assert_refused(answer)
    assert "not known whether" in answer.json()["detail"]
    assert answer.headers["Location"] in answer.json()["detail"]
    assert answer.headers["Location"].startswith("/api/idempotency/made-")


@pytest.mark.usefixtures("at_once")
def test_the_callers_own_key_is_in_the_address() -> None:
    answer = call(lambda *asgi: waiting(*asgi, stage="begin"), headers={"Idempotency-Key": "order/10 42?"})
    assert answer.headers["Location"] == "/api/idempotency/order%2F10%2042%3F"


@pytest.mark.usefixtures("at_once")
def test_what_is_done_is_never_said_to_have_failed() -> None:
    answer = call(lambda *asgi: waiting(*asgi, stage="finish"), path="/api/control/stop")
    assert_refused(answer)
    assert "The request was done" in answer.json()["detail"]


@pytest.mark.usefixtures("at_once")
def test_only_who_prefers_it_is_answered_later_and_only_what_has_begun() -> None:
    begun, prefer = (lambda *asgi: waiting(*asgi, stage="begin")), {"Prefer": "wait=10, Respond-Async"}
    answer = call(begun, headers=prefer)
    assert (answer.status_code, answer.json()["state"]) == (202, "running")
    assert answer.headers["Preference-Applied"] == "respond-async"
    assert answer.headers["Location"].startswith("/api/idempotency/")
    assert call(waiting, headers=prefer).status_code == 503
    assert call(begun, headers=prefer, path="/api/control/start").status_code == 503


@pytest.mark.usefixtures("at_once")
def test_a_read_may_simply_be_tried_again() -> None:
    answer = call(waiting, method="GET", path="/api/stats")
    assert "Try again in a moment" in answer.json()["detail"]


@pytest.mark.usefixtures("at_once")
def test_a_late_answer_lists_the_conditions_of_all_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    stalled = {"name": "run-stalled", "since": "2026-11-21T09:30:00.000Z", "subject": "worker", "sentence": "It waits."}
    monkeypatch.setattr(conditions, "_read_all", lambda: [stalled])
    answer = call(waiting, method="GET", path="/api/stats")
    assert answer.json()["conditions"] == [stalled]


def assert_refused(answer: httpx.Response) -> None:
    check(answer.status_code, answer.headers["Content-Type"], answer.json())
    assert answer.status_code == 503
    assert "try again" not in answer.json()["detail"]


async def waiting(
    scope: Any, receive: Any, send: Any, *, stage: str = "", outcomes: list[Outcome] | None = None
) -> None:
    """Brings its outcome to `stage`, reads the body and answers nothing."""
    if stage:
        scope[SCOPE_NAME].begin()
        getattr(scope[SCOPE_NAME], stage)()
    if outcomes is not None:
        outcomes.append(scope[SCOPE_NAME])
    while (await receive()).get("more_body"):
        pass
    await asyncio.Event().wait()


def call(
    application: Any,
    *,
    method: str = "POST",
    path: str = limits.BATCH_PATH,
    content: bytes = b"{}",
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """The answer of `application` behind the limits."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(limit_http(application))
        async with httpx.AsyncClient(transport=transport, base_url="http://limits") as client:
            return await client.request(method, path, content=content, headers=headers)

    return asyncio.run(ask())
