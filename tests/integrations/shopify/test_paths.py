"""The same bodies by webhook, by poll and by history, in any order, doubled and with a kill before any statement, lead to
the same documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from integrations.shopify import client as clients
from integrations.shopify import connections, history, incoming
from integrations.shopify.fake.app import App
from integrations.shopify.fake.bucket import Bucket
from integrations.shopify.fake.server import ShopifyServer
from integrations.shopify.fake.shop import FakeShopify
from integrations.simulation.demonstration import SELLER
from integrations.syncing.models import SyncState
from integrations.webhooks.signatures import sign
from integrations.webhooks.types import Destination, Incoming, Refusal, Request
from stores.models import Store
from stores.queries import read_store
from stores.rows import rows_of_all_stores
from tests.clean import empty_redis
from tests.integrations.paths import (
    NEEDS_CAPTURED,
    PATHS,
    SINCE,
    Place,
    check_mixture,
    check_path,
    in_a_few_examples,
)
from tests.integrations.shopify.conftest import DOMAIN, SCOPES, SECRET, granted
from tests.integrations.shopify.payloads import captured, made
from tests.integrations.shopify.served import served_node

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_snapshot")]
CAPTURED_ONES = pytest.param(captured, marks=NEEDS_CAPTURED)
FEW = ("two-taxes-each-rounded", "seen-in-pounds", "nothing-charged", "tax-too-small", "pending", "only-a-gift-card")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MANY_POINTS = 1_000_000


class ShopifyPlace(Place):
    def read(self, number: int) -> Incoming | Refusal:
        topic, body = self.payloads.webhooks[number]
        headers = {
            "topic": topic, "hmac-sha256": sign(body, SECRET).decode(), "shop-domain": DOMAIN, "event-id": f"event-{number}",
            "webhook-id": f"webhook-{number}", "triggered-at": NOW.isoformat(),
        }  # fmt: skip
        given = [(f"x-shopify-{name}".encode(), value.encode()) for name, value in headers.items()]
        return incoming.read(Request(headers=given, body=body), Destination(store_id=self.store_id, secrets=()))


@pytest.fixture
def place(
    request: pytest.FixtureRequest, db: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """The place of some bodies: `request.param` returns them."""
    empty_redis()
    clients._buckets.clear()
    monkeypatch.setattr(history, "ASK_SECONDS", (0.0,))
    settings.INVOICEDASH_DATA_DIR, settings.STORES_ENCRYPTION_KEYS = tmp_path, None
    settings.INTAKE_ALLOW_PRIVATE = True
    settings.SHOPIFY_CLIENT_ID, settings.SHOPIFY_CLIENT_SECRETS = "fake-client", (SECRET,)
    settings.SHOPIFY_SCOPES = SCOPES
    payloads, store = request.param(), read_store("main")
    Store.objects.filter(pk=store.id).update(seller=SELLER | {"name": "Nordwind GmbH"})
    shop = FakeShopify(DOMAIN, app=App(), clock=lambda: NOW)
    shop.bucket = Bucket(shop.clock, most=MANY_POINTS, restore=MANY_POINTS)
    shop.orders, shop.node_of = {order.id: order for order in payloads.orders}, served_node
    with ShopifyServer(shop):
        connections.save_connection(store.id, shop=DOMAIN, base_url=shop.url, granted=granted(shop))
        rows_of_all_stores(SyncState).update(cursor=SINCE)
        yield ShopifyPlace(payloads, store.id)


@pytest.mark.parametrize("place", [made, CAPTURED_ONES], indirect=True)
@pytest.mark.parametrize("path", PATHS)
def test_each_path_leads_to_the_same_documents_also_the_second_time(place: Place, path: str) -> None:
    check_path(place, path)


@pytest.mark.parametrize("place", [partial(made, *FEW), CAPTURED_ONES], indirect=True)
@in_a_few_examples
@given(data=st.data())
def test_any_mixture_of_paths_and_kills_leads_to_the_same_documents(place: Place, data: st.DataObject) -> None:
    check_mixture(place, data)
