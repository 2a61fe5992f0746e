"""Concurrent posts: keys are used once, external ids are given once, and the loser of a race gets an error that says so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction

from invoices.intake import Offer, take_in
from invoices.models import Invoice
from tests.invoices.documents.samples import credit_note, document, issue_one, ours
from tests.invoices.threads import at_once
from tests.waiting import HANG_SECONDS
from web import idempotency
from web.idempotency import Answer, KeyConflict, Request

pytestmark = pytest.mark.django_db(transaction=True)


def once(work: Callable[[], Answer], *, scope: str, key: str, body: bytes) -> Answer:
    """The answer to a request that is never given up, and whose failures are all refusals."""
    request = Request(scope=scope, key=key, body=body)
    return idempotency.once(work, request, begin=lambda: None, status_of=lambda error: 422)


def wait_until_a_session_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("no session waited for a lock within 10 s")


def test_a_key_in_use_is_refused_and_then_replayed() -> None:
    is_working, may_end = threading.Event(), threading.Event()

    def work() -> Answer:
        is_working.set()
        assert may_end.wait(HANG_SECONDS)
        return Answer(status=201, text=issue_one(document()))

    def ask_meanwhile() -> None:
        assert is_working.wait(HANG_SECONDS)
        try:
            with pytest.raises(KeyConflict, match="in progress"):
                once(work, scope="1", key="k", body=b"a")
        finally:
            may_end.set()

    def ask_first() -> None:
        assert once(work, scope="1", key="k", body=b"a").text == "INV-000001"

    assert at_once([ask_first, ask_meanwhile]) == [None, None]
    again = once(work, scope="1", key="k", body=b"a")
    assert (again.text, again.is_replayed) == ("INV-000001", True)
    assert once(work, scope="2", key="k", body=b"b").text == "INV-000002"


def test_what_fails_keeps_no_key() -> None:
    def work() -> Answer:
        issue_one(document())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        once(work, scope="1", key="k", body=b"a")
    assert not Invoice.objects.exists()
    assert once(lambda: Answer(status=201, text="x"), scope="1", key="k", body=b"other").text == "x"


def test_of_a_batch_only_what_lost_a_race_is_refused() -> None:
    """Another transaction takes an external id of the batch while it is not seen yet."""
    is_written = threading.Event()
    offers = [Offer(document=document(source="api", external_id=str(index))) for index in range(8)]

    def take_one_first() -> None:
        with transaction.atomic():
            issue_one(credit_note(reason="goodwill", source="api", external_id="5"))
            is_written.set()
            wait_until_a_session_waits()

    def take_all() -> list[str | None]:
        assert is_written.wait(HANG_SECONDS)
        return [outcome.number for outcome in take_in(offers)]

    failed, numbers = at_once([take_one_first, take_all])
    assert failed is None
    assert isinstance(numbers, list)
    assert [index for index, number in enumerate(numbers) if number is None] == [5]
    assert [number for number in numbers if number] == [f"INV-00000{index}" for index in range(1, 8)]


def test_many_who_post_the_same_issue_it_once() -> None:
    offers = [Offer(document=document(source="api", external_id="1"))]
    results = at_once([partial(take_in, offers)] * 6)
    numbers = [result[0].number for result in results if isinstance(result, list)]
    assert sorted(str(number) for number in numbers) == ["INV-000001", *["None"] * 5]
    assert ours().last_ordinal == 1
