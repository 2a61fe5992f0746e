"""A consumer handles each committed event once and in order per key, whatever fails or ends in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from events import letters, registry
from events.consuming import BATCH, consume
from events.lag import read_lag
from events.letters import MOST_FAILURES, NotDead
from events.log import append
from events.models import Cursor, Letter
from events.registry import Consumer
from runtime.clock import ClockTimestamp
from tests.events.conftest import drain, effects, keys, put
from tests.events.handlers import FAILING
from tests.invoices.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def let_letters_be_due() -> None:
    Letter.objects.update(next_at=ClockTimestamp() - timedelta(seconds=1))


def fail_until_dead(consumer: Consumer, key: str) -> None:
    FAILING.add(key)
    drain(consumer)
    for _ in range(MOST_FAILURES - 1):
        let_letters_be_due()
        consume(consumer)
    FAILING.discard(key)


def test_events_are_handled_once_in_their_order(consumer: Consumer) -> None:
    ids = [put(str(number % 3)) for number in range(7)]
    drain(consumer)
    drain(consumer)
    assert effects() == ids


def test_events_of_other_topics_are_left_alone(consumer: Consumer) -> None:
    put("1", topic="other")
    mine = put("1")
    drain(consumer)
    assert effects() == [mine]


def test_more_events_than_a_batch_need_more_turns(consumer: Consumer) -> None:
    with transaction.atomic():
        ids = [append("test", "1", "changed", {}) for _ in range(BATCH + 5)]
    drain(consumer)
    assert effects() == ids


def test_an_event_of_an_open_transaction_is_not_passed_over(consumer: Consumer) -> None:
    with transaction.atomic():
        first = append("test", "1", "changed", {})
        [second] = at_once([lambda: put("2")])
        at_once([lambda: consume(consumer)])
        at_once([lambda: consume(consumer)])
    drain(consumer)
    assert effects() == [first, second]


def test_a_failed_event_is_rolled_back_and_costs_no_other_key_anything(consumer: Consumer) -> None:
    FAILING.add("bad")
    put("bad")
    good = put("good")
    drain(consumer)
    assert effects() == [good]
    letter = Letter.objects.get()
    assert (letter.failures, letter.is_dead, letter.error) == (1, False, "Refused: bad is refused")


def test_a_failed_event_is_tried_again_after_its_back_off(consumer: Consumer) -> None:
    FAILING.add("bad")
    bad = put("bad")
    drain(consumer)
    FAILING.clear()
    Letter.objects.update(next_at=ClockTimestamp() + timedelta(hours=1))
    consume(consumer)
    assert effects() == []
    let_letters_be_due()
    assert consume(consumer)
    assert effects() == [bad]
    assert not Letter.objects.exists()


def test_after_six_failures_an_event_is_dead_and_the_cursor_goes_on(consumer: Consumer) -> None:
    put("bad")
    fail_until_dead(consumer, "bad")
    assert Letter.objects.get().is_dead
    good = put("good")
    let_letters_be_due()
    drain(consumer)
    assert effects() == [good]
    [lag] = read_lag()
    assert (lag.waiting, lag.retried, lag.dead) == (0, 0, 1)


def test_a_dead_event_is_retried_by_a_person_before_the_later_ones_of_its_key(consumer: Consumer) -> None:
    first = put("bad")
    fail_until_dead(consumer, "bad")
    second, third = put("bad"), put("bad")
    drain(consumer)
    assert effects() == []
    letters.retry(Letter.objects.get(is_dead=True).pk)
    drain(consumer)
    fourth = put("bad")
    drain(consumer)
    assert effects() == [first, second, third, fourth]
    assert not Letter.objects.exists()


def test_only_a_dead_event_can_be_retried(consumer: Consumer) -> None:
    FAILING.add("bad")
    put("bad")
    drain(consumer)
    with pytest.raises(NotDead, match="is not dead"):
        letters.retry(Letter.objects.get().pk)


def test_a_lost_connection_does_not_count_as_a_failure_of_the_event(consumer: Consumer) -> None:
    event = put("1")
    with pytest.raises(OperationalError):
        drain(replace(consumer, handler="tests.events.handlers.lose_connection"))
    connection.close()
    assert not Letter.objects.exists()
    drain(consumer)
    assert effects() == [event]


def test_a_statement_that_takes_too_long_counts_as_a_failure_of_the_event(consumer: Consumer) -> None:
    put("1")
    drain(replace(consumer, handler="tests.events.handlers.wait_too_long"))
    assert "QueryCanceled" in Letter.objects.get().error or "canceling statement" in Letter.objects.get().error
    assert effects() == []


def test_two_processes_do_not_handle_an_event_twice(consumer: Consumer) -> None:
    ids = [put(str(number)) for number in range(20)]
    drain(consumer, turn=lambda consumer: any(at_once([lambda: consume(consumer)] * 3)))
    assert effects() == ids


def test_an_idle_turn_writes_nothing(consumer: Consumer) -> None:
    put("1")
    drain(consumer)
    before = Cursor.objects.values_list("moved_at", flat=True).get()
    with transaction.atomic():
        assert not consume(consumer)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id_if_assigned()")
            assert cursor.fetchone() == (None,)
    assert Cursor.objects.values_list("moved_at", flat=True).get() == before


def test_keys_of_different_topics_do_not_wait_for_each_other(consumer: Consumer) -> None:
    both = replace(consumer, topics=("test", "other"))
    registry.register(both)
    FAILING.add("1")
    put("1")
    drain(both)
    # The failed event is not due again, however long the rest takes.
    Letter.objects.update(next_at=ClockTimestamp() + timedelta(hours=1))
    FAILING.clear()
    put("1", topic="other")
    drain(both)
    assert keys() == ["1"]
