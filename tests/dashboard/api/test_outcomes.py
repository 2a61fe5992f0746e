"""The outcome of a posted request can be read: during the work, after the answer, and after its process died."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from accounts.models import ApiToken
from invoices.api import keyed, posting
from invoices.models import Invoice
from runtime.clock import ClockTimestamp
from runtime.outcomes import GivenUp
from tests.dashboard.api.caller import Caller
from tests.dashboard.api.test_documents import LINE, ONE
from tests.dashboard.api.test_documents import keyed as post_keyed
from tests.invoices.threads import at_once
from tests.waiting import HANG_SECONDS
from web import idempotency
from web.idempotency import SETTLED_AFTER, Answer, KeyConflict, Known, Request, State
from web.models import IdempotencyKey

HOST = "/api"


def outcome(api: Caller) -> dict[str, Any]:
    """What the address in the last answer's `Location` says."""
    return api.get(api.headers["Location"].removeprefix(HOST))


def test_an_issued_document_has_an_outcome_with_its_address(api: Caller) -> None:
    posted = api.post("/invoices", ONE)
    assert api.status == 201
    assert outcome(api) == {"state": "done", "status": 201, "href": "/api/invoices/INV-000001"}
    assert api.get("/invoices/INV-000001") == posted


def test_a_batch_has_an_outcome_with_its_answer(api: Caller) -> None:
    posted = api.post("/invoices", {"invoices": [ONE, ONE | {"lines": []}]})
    found = outcome(api)
    assert (found["state"], found["status"]) == ("done", 200)
    assert api.get(found["href"].removeprefix(HOST)) == posted


def test_a_key_of_the_callers_own_is_asked_for_in_the_same_way(api: Caller) -> None:
    post_keyed(api, "order/1042?", ONE)
    assert api.headers["Location"] == "/api/idempotency/order%2F1042%3F"
    assert outcome(api)["status"] == 201


def test_a_request_made_again_with_the_key_it_got_here_is_done_once(api: Caller) -> None:
    posted = api.post("/invoices", ONE)
    key = api.headers["Location"].rpartition("/")[2]
    assert post_keyed(api, key, ONE) == posted
    assert (api.headers["Idempotent-Replayed"], Invoice.objects.count()) == ("true", 1)
    assert IdempotencyKey.objects.get().answer == ""


def test_a_refused_request_has_the_outcome_that_nothing_was_issued(api: Caller) -> None:
    api.post("/invoices", ONE | {"lines": []})
    assert api.status == 422
    assert outcome(api) == {"state": "done", "status": 422, "href": None}
    post_keyed(api, "k", ONE | {"external_id": "1"})
    post_keyed(api, "k2", ONE | {"external_id": "1"})
    assert (api.status, outcome(api)["status"]) == (409, 409)


def test_a_key_never_seen_or_of_yesterday_is_404(api: Caller) -> None:
    api.refusal(404, "GET", "/idempotency/k1")
    api.refusal(404, "GET", "/answers/k1")
    post_keyed(api, "k1", ONE)
    IdempotencyKey.objects.update(created_at=ClockTimestamp() - timedelta(hours=25))
    api.refusal(404, "GET", "/idempotency/k1")


@pytest.mark.django_db
def test_keys_are_their_owners_alone(settings: Settings) -> None:
    settings.INVOICEDASH_OPEN = False
    first, second = (bearer(name) for name in ("first", "second"))
    location = Client().post("/api/invoices", ONE, content_type="application/json", headers=first)["Location"]
    assert Client().get(location, headers=first).json()["status"] == 201
    assert Client().get(location, headers=second).status_code == 404


def bearer(name: str) -> dict[str, str]:
    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get(name="operator"))
    token = ApiToken(user=user, name=name)
    secret = token.make()
    token.save()
    return {"Authorization": f"Bearer {secret}"}


def test_an_outage_in_the_work_is_not_called_a_failure_but_unknown(
    api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed, "answer_posted", lost_commit)
    found = api.post("/invoices", ONE)
    assert api.status == 503
    assert "not known whether" in found["detail"]
    assert api.headers["Location"] in found["detail"]
    assert outcome(api)["state"] == "unknown"


def lost_commit(*_: object, **__: object) -> Answer:
    raise OperationalError("the connection was lost")


def test_an_outage_after_the_commit_says_that_the_request_was_done(
    api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed, "issued_text", lost_commit)
    found = api.post("/invoices", ONE)
    assert (api.status, Invoice.objects.count()) == (503, 1)
    assert "The request was done" in found["detail"]
    assert outcome(api)["href"] == "/api/invoices/INV-000001"


def test_an_outage_before_the_work_says_that_nothing_was_done(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "_register", lost_commit)
    found = api.post("/invoices", ONE)
    assert (api.status, Invoice.objects.count()) == (503, 0)
    assert "Nothing was done" in found["detail"]


def test_a_control_whose_state_cannot_be_read_was_done(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.api.control.read_status", lost_commit)
    found = api.post("/control/start", {"rate_per_second": 1, "duration_seconds": 5})
    assert api.status == 503
    assert "The request was done" in found["detail"]
    assert "/api/system/status" in found["detail"]


def test_a_request_given_up_before_it_began_changes_nothing(api: Caller) -> None:
    def begin() -> None:
        raise GivenUp("too late")

    request = Request(scope="", key="late", body=b"")
    with pytest.raises(GivenUp):
        idempotency.once(lambda: pytest.fail("it began"), request, begin=begin, status_of=keyed._status_of)
    assert idempotency.read_state("", "late") == Known(state=State.DONE, status=503)


@pytest.mark.django_db(transaction=True)
def test_a_request_at_work_is_running_and_then_done() -> None:
    is_working, may_end = threading.Event(), threading.Event()

    def work() -> Answer:
        is_working.set()
        assert may_end.wait(HANG_SECONDS)
        return Answer(status=201, text="{}", reference="INV-1")

    def post() -> object:
        return once(work)

    def ask() -> object:
        assert is_working.wait(HANG_SECONDS)
        found = idempotency.read_state("1", "k")
        may_end.set()
        return found

    answer, meanwhile = at_once([post, ask])
    assert isinstance(answer, Answer)
    assert meanwhile == Known(state=State.RUNNING)
    assert idempotency.read_state("1", "k") == Known(state=State.DONE, status=201, reference="INV-1")


@pytest.mark.django_db(transaction=True)
def test_a_request_whose_process_died_is_unknown_and_then_settled_as_not_done() -> None:
    left_behind("k")
    assert idempotency.read_state("1", "k") == Known(state=State.UNKNOWN)
    make_old("k")
    settled = Known(state=State.DONE, status=503)
    assert [idempotency.read_state("1", "k") for _ in range(2)] == [settled, settled]
    assert once(lambda: Answer(status=201, text="{}")).status == 201


@pytest.mark.django_db(transaction=True)
def test_what_was_settled_cannot_begin_any_more() -> None:
    """The process was frozen between its two transactions, and goes on."""

    def begin() -> None:
        make_old("k")
        assert idempotency.read_state("1", "k") == Known(state=State.DONE, status=503)

    with pytest.raises(KeyConflict):
        once(lambda: pytest.fail("it was done after all"), begin=begin)


@pytest.mark.django_db(transaction=True)
def test_an_old_request_that_is_still_at_work_is_never_settled() -> None:
    is_working, may_end = threading.Event(), threading.Event()

    def work() -> Answer:
        is_working.set()
        assert may_end.wait(HANG_SECONDS)
        return Answer(status=201, text="{}")

    def ask() -> object:
        assert is_working.wait(HANG_SECONDS)
        try:
            make_old("k")
            return idempotency.read_state("1", "k")
        finally:
            may_end.set()

    answer, meanwhile = at_once([lambda: once(work), ask])
    assert meanwhile == Known(state=State.RUNNING)
    assert isinstance(answer, Answer), answer


def once(work: Any, begin: Any = lambda: None) -> Answer:
    request = Request(scope="1", key="k", body=b"")
    return idempotency.once(work, request, begin=begin, status_of=keyed._status_of)


def left_behind(key: str) -> None:
    """The row of a request that was registered and got no further."""
    request = Request(scope="1", key=key, body=b"")
    assert idempotency._register(request, uuid.uuid4()) is None


def make_old(key: str) -> None:
    rows = IdempotencyKey.objects.filter(key=key, created_at__gt=ClockTimestamp() - SETTLED_AFTER)
    assert rows.update(created_at=ClockTimestamp() - 2 * SETTLED_AFTER) == 1


def test_ten_thousand_lines_are_checked_once_and_read_after_the_commit(
    api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is done while the series is locked holds up everyone else who issues in it."""
    seen: list[bool] = []

    def text_of(number: str) -> str:
        seen.append(connection.in_atomic_block and len(connection.savepoint_ids) > 0)
        return posting.issued_text(number)

    monkeypatch.setattr(keyed, "issued_text", text_of)
    found = api.post("/invoices", ONE | {"lines": [LINE | {"quantity": "1"}] * 10_000})
    assert (api.status, len(found["lines"]), found["total_amount"]) == (201, 10_000, "600000.00")
    assert seen == [False]
