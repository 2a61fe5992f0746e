"""The health of a store in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.stores.words import Described, describe
from integrations.syncing.summaries import ConnectionSummary
from stores.health import Health

NOW = datetime(2026, 11, 30, 14, 5, tzinfo=UTC)


def say(
    health: Health = "ok", *, store_status: str = "active", last_order_at: datetime | None = None, **changes: Any
) -> Described:
    values: dict[str, Any] = {
        "platform": "woocommerce", "status": "active", "error": "", "checked_at": NOW, "has_webhooks": True,
        "last_event_at": NOW - timedelta(minutes=2), "missed_count": 0, "healed_count": 0, "last_missed_at": None,
    }  # fmt: skip
    found = ConnectionSummary(**values | changes)
    return describe(status=store_status, health=health, connection=found, last_order_at=last_order_at)


def words(found: Described) -> str:
    return ", ".join(phrase.text for phrase in found.phrases)


def test_a_working_store_names_its_last_order() -> None:
    found = say(last_order_at=NOW - timedelta(minutes=2))
    assert words(found) == "receiving webhooks, last order"
    assert found.phrases[1].at == NOW - timedelta(minutes=2)
    assert not found.needs_attention


@pytest.mark.parametrize(
    ("health", "changes", "text"),
    [
        ("error", {"status": "revoked"}, "the shop does not accept the keys any more, make new ones and connect again"),
        (
            "error",
            {"status": "revoked", "platform": "shopify"},
            "Shopify does not accept the access of the app any more, connect again and approve the app",
        ),
        (
            "error",
            {"status": "error", "error": "The shop answered 500."},
            "The shop answered 500, trying again by itself",
        ),
        ("silent", {"has_webhooks": False}, "webhooks are switched off: orders are fetched every 30 s"),
        ("silent", {"last_missed_at": NOW}, "webhooks were missed: orders are fetched every 30 s"),
        ("late", {}, "orders are not fetched in time: look at the process loops"),
    ],
)
def test_a_store_with_a_fault_needs_attention_and_says_what_happens(
    health: Health, changes: dict[str, Any], text: str
) -> None:
    found = say(health, **changes)
    assert words(found) == text
    assert found.needs_attention


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"last_event_at": None}, "connected, waiting for the first webhook"),
        ({"has_webhooks": False, "last_event_at": None}, "no webhooks yet: orders are fetched every 30 s"),
    ],
)
def test_a_new_store_needs_no_attention(changes: dict[str, Any], text: str) -> None:
    found = say(**changes)
    assert words(found) == text
    assert not found.needs_attention


def test_a_store_whose_app_was_removed_in_the_shop_says_how_it_is_installed_again() -> None:
    found = say("error", store_status="disconnected", platform="shopify", status="revoked")
    assert words(found) == "the app was removed in the shop: takes no orders, connect again to install it"
    assert (found.needs_attention, found.act) == (True, "reconnect")


def test_only_revoked_keys_and_an_unfinished_connection_need_the_user() -> None:
    assert say("error", status="revoked").act == "reconnect"
    assert say("error", status="error", error="x").act is None
    assert describe(status="connecting", health="connecting", connection=None, last_order_at=None).act == "finish"


@pytest.mark.parametrize(("status", "health"), [("paused", "ok"), ("disconnected", "error")])
def test_a_stopped_store_says_so_and_needs_no_attention(status: str, health: Health) -> None:
    found = say(health, store_status=status)
    assert words(found).startswith(status)
    assert not found.needs_attention
