"""Events are committed with their fact or not at all, and their positions keep the order of each key."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from events.log import MOST_PAYLOAD_BYTES, NoTransaction, PayloadTooLarge, append
from events.models import EventRow
from events.registry import Consumer
from tests.events import conftest
from tests.events.conftest import drain, effects, put
from tests.invoices.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_event_is_rolled_back_with_its_fact() -> None:
    with transaction.atomic():
        append("test", "1", "changed", {"n": 1})
        transaction.set_rollback(True)
    assert not EventRow.objects.exists()


def test_an_event_keeps_what_it_was_given() -> None:
    event_id = put("18", total="9.99", state="placed")
    row = EventRow.objects.get()
    assert (row.pk, row.topic, row.key, row.type) == (event_id, "test", "18", "changed")
    assert row.payload == {"total": "9.99", "state": "placed"}


def test_an_event_needs_a_transaction() -> None:
    with pytest.raises(NoTransaction, match="needs the transaction of its fact"):
        append("test", "1", "changed", {})


def test_a_payload_that_is_too_large_is_refused() -> None:
    with pytest.raises(PayloadTooLarge, match="more than 65,536 bytes"):
        put("1", text="x" * MOST_PAYLOAD_BYTES)


def test_a_key_keeps_its_order_when_an_older_transaction_appends_last(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older transaction has the smaller number, and appends after the younger one was committed."""
    monkeypatch.setattr("events.consuming.BATCH", 1)
    younger: list[Any] = []
    with transaction.atomic():
        number_of_this_transaction()
        [young] = at_once([lambda: put("order 1")])
        younger.append(young)
        older = append(conftest.TOPIC, "order 1", "changed", {})
    drain(consumer)
    assert effects() == [*younger, older]


def number_of_this_transaction() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
