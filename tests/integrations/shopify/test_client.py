"""Queries wait for points, tokens are replaced before they expire, and each problem has a kind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from integrations.shopify import client as clients
from integrations.shopify import tokens
from integrations.shopify.client import AccessDenied, GraphClient
from integrations.shopify.connections import ShopConnection
from integrations.shopify.documents import SHOP, Document
from integrations.shopify.fake.shop import FakeShopify
from integrations.shopify.models import Connection
from integrations.syncing.errors import KeysRefused, NotThere, ShopBusy, ShopError
from runtime.clock import ClockTimestamp
from stores import credentials
from stores.rows import rows_of_all_stores


@pytest.fixture
def asking(connected: ShopConnection) -> Iterator[GraphClient]:
    with GraphClient(connected, tokens.read_held(connected.store.id)) as client:
        yield client


def held(connected: ShopConnection) -> dict[str, str]:
    return credentials.read_credentials(connected.store.id)


def test_a_shop_answers_queries(asking: GraphClient, shop: FakeShopify) -> None:
    assert asking.ask(SHOP)["shop"]["myshopifyDomain"] == shop.domain


@pytest.mark.parametrize("fault", ["throttled", 429])
def test_a_throttled_query_is_sent_again(
    asking: GraphClient, shop: FakeShopify, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    shop.faults.answers = [fault, fault]
    assert asking.ask(SHOP)["shop"]
    assert sum(waited) >= (4.0 if fault == 429 else 0.5)


def test_a_query_waits_until_the_shop_has_its_points(
    connected: ShopConnection, asking: GraphClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking.ask(SHOP)
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    bucket = clients._buckets[connected.store.id]
    bucket.available, bucket.restore_rate = 0.0, 1.0
    bucket.read_at += 3600
    asking.ask(SHOP)
    assert waited[0] == pytest.approx(3.0)
    bucket.available = -60.0
    bucket.read_at += 3600
    bucket.restore_rate = 1.0
    with pytest.raises(ShopBusy) as busy:
        asking.ask(SHOP)
    assert busy.value.retry_seconds > clients.MOST_WAIT_SECONDS


def test_errors_of_the_shop_have_a_kind(asking: GraphClient, shop: FakeShopify) -> None:
    kinds: list[tuple[Any, type[ShopError]]] = [
        (500, ShopBusy), ("half", ShopBusy), (402, ShopBusy), (404, NotThere), (403, KeysRefused), (302, ShopError),
    ]  # fmt: skip
    for fault, kind in kinds:
        shop.faults.answers = [fault]
        with pytest.raises(kind):
            asking.ask(SHOP)
    with pytest.raises(ShopError, match="refuses the query"):
        asking.ask(Document("query { nothing }", 1))
    shop.grant.granted = ("read_products",)
    with pytest.raises(AccessDenied, match="read_orders"):
        asking.ask(Document("query { orders(first: 1) { nodes { id } } }", 3))


def expire_soon() -> None:
    rows_of_all_stores(Connection).update(access_expires_at=ClockTimestamp() + timedelta(minutes=4))


def test_a_token_is_replaced_five_minutes_before_it_expires(connected: ShopConnection, shop: FakeShopify) -> None:
    before = held(connected)
    assert tokens.read_token(connected.store.id) == before[tokens.ACCESS]
    expire_soon()
    fresh = tokens.read_token(connected.store.id)
    after = held(connected)
    assert (after[tokens.ACCESS], after[tokens.PREVIOUS]) == (fresh, before[tokens.REFRESH])
    assert fresh != before[tokens.ACCESS]
    assert shop.grant.refresh_count == 1
    assert tokens.read_token(connected.store.id) == fresh


def test_a_token_that_expires_between_queries_is_replaced_once(
    connected: ShopConnection, asking: GraphClient, shop: FakeShopify
) -> None:
    shop.grant.expire_access()
    with GraphClient(connected, tokens.read_held(connected.store.id)) as other:
        assert asking.ask(SHOP)["shop"]
        assert other.ask(SHOP)["shop"]
    assert shop.grant.refresh_count == 1


def test_five_callers_at_once_ask_for_one_new_token(connected: ShopConnection, shop: FakeShopify) -> None:
    stale = held(connected)[tokens.ACCESS]

    def refresh() -> str:
        try:
            return tokens.refresh(connected.store.id, stale=stale)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        found = {future.result() for future in [pool.submit(refresh) for _ in range(5)]}
    assert (len(found), shop.grant.refresh_count) == (1, 1)


@pytest.mark.parametrize("fault", [500, "half"])
def test_a_lost_answer_costs_no_token(connected: ShopConnection, shop: FakeShopify, fault: Any) -> None:
    """Shopify has replaced the refresh token, and the new one never arrived."""
    expire_soon()
    shop.faults.answers = [fault]
    with pytest.raises(ShopBusy):
        tokens.read_token(connected.store.id)
    assert tokens.read_token(connected.store.id) == held(connected)[tokens.ACCESS]
    with GraphClient(connected, tokens.read_held(connected.store.id)) as client:
        assert client.ask(SHOP)["shop"]


def test_the_refresh_token_before_the_newest_is_tried(connected: ShopConnection, shop: FakeShopify) -> None:
    credentials.write_credential(connected.store.id, tokens.PREVIOUS, held(connected)[tokens.REFRESH])
    credentials.write_credential(connected.store.id, tokens.REFRESH, "shprt_unknown")
    expire_soon()
    assert tokens.read_token(connected.store.id) in shop.grant._access


def test_an_app_that_was_removed_is_said(connected: ShopConnection, asking: GraphClient, shop: FakeShopify) -> None:
    shop.grant.uninstall()
    with pytest.raises(KeysRefused, match="connect the store again"):
        asking.ask(SHOP)
    expire_soon()
    with pytest.raises(KeysRefused, match="connect the store again"):
        tokens.read_token(connected.store.id)


def test_a_token_that_does_not_expire_is_kept(connected: ShopConnection, shop: FakeShopify) -> None:
    rows_of_all_stores(Connection).update(access_expires_at=None)
    assert tokens.read_token(connected.store.id) == held(connected)[tokens.ACCESS]
    assert shop.grant.refresh_count == 0
