"""The log stays bounded, and survives a move to a server that counts its transactions from the beginning."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from events import restored
from events.models import Cursor, EventRow
from events.registry import Consumer
from events.retention import KEPT_DAYS, delete_old_events
from runtime.clock import ClockTimestamp
from tests.events.conftest import drain, effects, put
from tests.events.handlers import FAILING

pytestmark = pytest.mark.django_db(transaction=True)


def grow_old() -> None:
    EventRow.objects.update(created_at=ClockTimestamp() - timedelta(days=KEPT_DAYS + 1))


def test_an_old_event_is_deleted_when_its_consumers_have_handled_it(consumer: Consumer) -> None:
    put("1")
    put("1", topic="without consumers")
    drain(consumer)
    delete_old_events()
    assert EventRow.objects.count() == 2
    grow_old()
    unread = put("1")
    grow_old()
    delete_old_events()
    assert list(EventRow.objects.values_list("pk", flat=True)) == [unread]


def test_an_old_event_that_was_never_read_stays(consumer: Consumer) -> None:
    put("1")
    grow_old()
    delete_old_events()
    assert EventRow.objects.exists()


def test_the_audit_log_stays(db: None) -> None:
    put("1", topic="audit.names")
    grow_old()
    delete_old_events()
    assert EventRow.objects.exists()


def test_an_old_event_that_failed_stays(consumer: Consumer) -> None:
    FAILING.add("1")
    put("1")
    drain(consumer)
    grow_old()
    delete_old_events()
    assert EventRow.objects.exists()


def move_to_a_server_that_counts_from_the_beginning() -> None:
    """The positions of the dump are those of a server that was a billion transactions ahead."""
    EventRow.objects.update(xid=F("xid") + 10**9)
    Cursor.objects.update(xid=F("xid") + 10**9)


def test_after_a_move_each_event_is_handled_once(consumer: Consumer) -> None:
    read = [put("1"), put("2")]
    drain(consumer)
    unread = [put("1"), put("2"), put("1")]
    move_to_a_server_that_counts_from_the_beginning()
    restored.adopt_positions()
    fresh = [put("2"), put("1")]
    drain(consumer)
    assert effects() == [*read, *unread, *fresh]


def test_without_the_adoption_new_events_would_be_lost(consumer: Consumer) -> None:
    put("1")
    drain(consumer)
    move_to_a_server_that_counts_from_the_beginning()
    fresh = put("2")
    drain(consumer)
    assert fresh not in effects()


def test_a_move_before_anything_was_read_loses_nothing(consumer: Consumer) -> None:
    unread = [put("1"), put("2")]
    Cursor.objects.create(consumer=consumer.name)
    EventRow.objects.update(xid=F("xid") + 10**9)
    restored.adopt_positions()
    drain(consumer)
    assert effects() == unread


def test_positions_of_this_server_stay(consumer: Consumer) -> None:
    put("1")
    before = list(EventRow.objects.values_list("xid", flat=True))
    restored.adopt_positions()
    assert list(EventRow.objects.values_list("xid", flat=True)) == before
