"""Conditions about consumers of events, checked at moments that the test gives."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from dashboard.conditions.events import EventWork
from dashboard.conditions.work import Finding
from dashboard.proofs import EVENTS
from events.models import Letter
from events.registry import Consumer
from tests.events.conftest import clean_redis, consumer, drain, put
from tests.invoices.threads import at_once

__all__ = ["clean_redis", "consumer"]

pytestmark = pytest.mark.django_db(transaction=True)


def looks(work: EventWork, *moments: float) -> list[Finding]:
    """What the last of these looks found."""
    return [list(work.look(moment)) for moment in moments][-1]


def test_consumer_with_nothing_to_read_is_not_behind(consumer: Consumer) -> None:
    put("1")
    drain(consumer)
    assert looks(EventWork(), 0, 9, 18) == []


def test_consumer_that_reads_nothing_for_ten_seconds_is_behind_until_it_reads(consumer: Consumer) -> None:
    put("1")
    work = EventWork()
    assert looks(work, 0, 5, 9) == []
    (found,) = looks(work, 11)
    assert (found.name, found.subject) == ("events-behind", "tests")
    assert found.sentence.startswith("1 events wait for tests and none was read for 11 s")
    drain(consumer)
    assert looks(work, 12) == []


def test_the_session_that_holds_the_consumers_back_is_named(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.conditions.events.BEHIND_SECONDS", 0.0)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), pg_current_xact_id()")
            cursor.fetchone()
        at_once([lambda: put("1")])
        [found] = at_once([lambda: looks(EventWork(), 0, 0)])
    assert not isinstance(found, BaseException)
    assert "because the transaction of session" in found[0].sentence


def test_dead_events_are_a_condition_and_a_finding_of_the_audit(consumer: Consumer) -> None:
    event = put("1")
    drain(consumer)
    Letter.objects.create(consumer=consumer.name, event_id=event, topic="test", key="1", failures=6, is_dead=True)
    (found,) = looks(EventWork(), 0)
    assert (found.name, found.subject) == ("events-dead", "tests")
    report = EVENTS.prove()
    assert report == {"consumers": [{"name": "tests", "behind": 0, "dead": 1}]}
    assert not EVENTS.is_right(report)
    assert EVENTS.say(report) == "tests 0 behind, 1 dead"
