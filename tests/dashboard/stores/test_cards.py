"""The cards of the overview: figures, connections, and only the stores of the accounts that were asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.facts.fold import fold_all
from dashboard.stores.cards import read_overview
from integrations.syncing.models import SyncState
from orders.recording import record
from runtime.clock import read_clock
from stores.models import Account, Store
from stores.opening import Wanted, open_store
from stores.queries import facts_of
from stores.rows import rows_of
from tests.orders.samples import order

pytestmark = pytest.mark.django_db


def open_shop(account: Account, name: str) -> Store:
    store = open_store(account, Wanted(name=name, currency="EUR", platform="woocommerce", timezone="Europe/Berlin"))
    Store.objects.filter(pk=store.pk).update(status="active")
    now = read_clock()
    rows_of(SyncState, store.pk).create(
        store=store, cursor=now, subscriptions=[{"topic": "order.created", "state": "active"}]
    )
    return store


@pytest.fixture
def account() -> Account:
    return Account.objects.create(slug="nordwind", name="Nordwind")


def card_of(store: Store) -> dict[str, Any]:
    account = store.owner.pk
    return dict(read_overview([account]).cards[account][store.slug])


def test_an_order_of_today_is_in_the_figures_once_it_is_folded(account: Account) -> None:
    store, now = open_shop(account, "Nord Shop"), read_clock()
    record(facts_of(store), order(placed_at=now, paid_at=now, updated_at=now))
    fold_all()
    card = card_of(store)
    assert card["today"]["gross"] == "9.99"
    assert card["today"]["orders"] == 1
    assert card["days"] == ["0.00"] * 13 + ["9.99"]
    assert [phrase["text"] for phrase in card["says"]] == ["connected, waiting for the first webhook", "last order"]


def test_a_store_without_webhooks_needs_attention(account: Account) -> None:
    store = open_shop(account, "Nord Shop")
    rows_of(SyncState, store.pk).update(subscriptions=[{"topic": "order.created", "state": "disabled"}])
    card = card_of(store)
    assert (card["health"], card["needs_attention"]) == ("silent", True)


def test_cards_of_other_accounts_and_erased_stores_are_left_out(account: Account) -> None:
    other = Account.objects.create(slug="strangers", name="Strangers")
    open_shop(other, "Foreign Shop")
    gone = open_shop(account, "Gone Shop")
    Store.objects.filter(pk=gone.pk).update(status="erased")
    store = open_shop(account, "Nord Shop")
    assert {mine: list(cards) for mine, cards in read_overview([account.pk]).cards.items()} == {
        account.pk: [store.slug]
    }


def test_the_number_of_statements_does_not_depend_on_the_number_of_stores(account: Account) -> None:
    open_shop(account, "First Shop")
    with CaptureQueriesContext(connection) as few:
        read_overview([account.pk])
    for name in ("Second Shop", "Third Shop"):
        open_shop(account, name)
    with CaptureQueriesContext(connection) as more:
        read_overview([account.pk])
    assert len(more) == len(few)
