"""The health of a store in one word, from what is known of its connection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.syncing.health import read_words, word_of
from integrations.syncing.models import SyncState
from integrations.woocommerce.connections import ShopConnection
from stores.health import read_health
from stores.models import Store

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ON, OFF = [{"topic": "order.created", "state": "active"}], [{"topic": "order.created", "state": "disabled"}]


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"subscriptions": ON}, "ok"),
        ({"subscriptions": []}, "ok"),
        ({"subscriptions": OFF}, "silent"),
        ({"subscriptions": ON, "last_missed_at": NOW - timedelta(minutes=29)}, "silent"),
        ({"subscriptions": ON, "last_missed_at": NOW - timedelta(minutes=31)}, "ok"),
        ({"subscriptions": ON, "next_poll_at": NOW - timedelta(minutes=6)}, "late"),
        ({"subscriptions": ON, "status": "error"}, "error"),
        ({"status": "revoked"}, "error"),
    ],
)
def test_the_health_of_a_connection(values: dict[str, Any], word: str) -> None:
    assert word_of(SyncState(**{"status": "active", "next_poll_at": NOW} | values), NOW) == word


def test_the_status_of_a_store_goes_before_its_connection(connected: ShopConnection) -> None:
    store = Store.objects.get(pk=connected.store.id)
    assert read_words([store.pk]) == {store.pk: "ok"}
    for status, word in (("active", "ok"), ("connecting", "connecting"), ("paused", "ok"), ("disconnected", "error")):
        store.status = status
        assert read_health([store]) == {store.pk: word}
