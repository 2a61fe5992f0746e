"""The health of a store in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.stores.words import Described, describe
from integrations.woocommerce.summaries import ConnectionSummary

NOW = datetime(2026, 11, 30, 14, 5, tzinfo=UTC)


def connection(**changes: Any) -> ConnectionSummary:
    values: dict[str, Any] = {
        "status": "active", "error": "", "checked_at": NOW, "has_webhooks": True,
        "last_event_at": NOW - timedelta(minutes=2), "missed_count": 0, "healed_count": 0, "last_missed_at": None,
    }  # fmt: skip
    return ConnectionSummary(**values | changes)


def say(found: ConnectionSummary | None, *, status: str = "active", last_order_at: datetime | None = None) -> Described:
    return describe(status=status, connection=found, last_order_at=last_order_at, now=NOW)


def words(found: Described) -> str:
    return ", ".join(phrase.text for phrase in found.phrases)


def test_a_working_store_names_its_last_order() -> None:
    found = say(connection(), last_order_at=NOW - timedelta(minutes=2))
    assert (found.health, words(found)) == ("ok", "receiving webhooks, last order")
    assert found.phrases[1].at == NOW - timedelta(minutes=2)
    assert not found.needs_attention


@pytest.mark.parametrize(
    ("changes", "health", "text"),
    [
        ({"status": "revoked"}, "error", "the shop does not accept the keys any more, make new ones and connect again"),
        (
            {"status": "error", "error": "The shop answered 500."},
            "error",
            "The shop answered 500, trying again by itself",
        ),
        ({"has_webhooks": False}, "late", "no webhooks: orders are fetched every 30 s"),
        (
            {"last_missed_at": NOW - timedelta(minutes=29)},
            "late",
            "webhooks were missed: orders are fetched every 30 s",
        ),
    ],
)
def test_a_store_with_a_fault_needs_attention_and_says_what_happens(
    changes: dict[str, Any], health: str, text: str
) -> None:
    found = say(connection(**changes))
    assert (found.health, words(found)) == (health, text)
    assert found.needs_attention


@pytest.mark.parametrize(
    ("changes", "health", "text"),
    [
        ({"last_event_at": None}, "ok", "connected, waiting for the first webhook"),
        ({"last_event_at": NOW - timedelta(days=2)}, "silent", "last webhook"),
        ({"last_missed_at": NOW - timedelta(minutes=30)}, "ok", "receiving webhooks"),
    ],
)
def test_a_quiet_store_needs_no_attention(changes: dict[str, Any], health: str, text: str) -> None:
    found = say(connection(**changes))
    assert (found.health, words(found)) == (health, text)
    assert not found.needs_attention


def test_a_store_that_is_not_connected_yet_leads_to_the_connection() -> None:
    found = say(None, status="connecting")
    assert (found.health, found.act, found.needs_attention) == ("connecting", "finish", True)


@pytest.mark.parametrize("status", ["paused", "disconnected"])
def test_a_stopped_store_says_so_and_needs_no_attention(status: str) -> None:
    found = say(connection(status="error", error="x"), status=status)
    assert words(found).startswith(status)
    assert not found.needs_attention
