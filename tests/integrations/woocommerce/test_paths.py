"""The same bodies by webhook, by poll and by history, in any order, doubled and with a kill before any statement, lead to
the same documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from integrations.simulation.demonstration import SELLER
from integrations.syncing.models import SyncState
from integrations.webhooks.signatures import sign
from integrations.webhooks.types import Destination, Incoming, Refusal, Request
from integrations.woocommerce import connections, incoming
from integrations.woocommerce.fake.server import ShopServer
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
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
from tests.integrations.woocommerce.payloads import captured, made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_snapshot")]
CAPTURED_ONES = pytest.param(captured, marks=NEEDS_CAPTURED)
FEW = ("ten-times-a-third", "overlapping-taxes", "nothing-charged", "vat-too-far", "pending")


class WooPlace(Place):
    def read(self, number: int) -> Incoming | Refusal:
        topic, body = self.payloads.webhooks[number]
        headers = [(b"x-wc-webhook-topic", topic.encode()), (b"x-wc-webhook-signature", sign(body, SECRET))]
        return incoming.read(
            Request(headers=headers, body=body), Destination(store_id=self.store_id, secrets=(SECRET,))
        )


@pytest.fixture
def place(request: pytest.FixtureRequest, db: None, settings: Settings, tmp_path: Path) -> Iterator[Place]:
    """The place of some bodies: `request.param` returns them."""
    empty_redis()
    settings.INVOICEDASH_DATA_DIR, settings.STORES_ENCRYPTION_KEYS = tmp_path, None
    settings.INTAKE_ALLOW_PRIVATE = True
    payloads, shop, store = request.param(), FakeShop(), read_store("main")
    Store.objects.filter(pk=store.id).update(seller=SELLER | {"name": "Nordwind GmbH"})
    shop.orders = {order.id: order for order in payloads.orders}
    with ShopServer(shop):
        connections.save_connection(store.id, url=shop.url, consumer_key=KEY, consumer_secret=SECRET)
        rows_of_all_stores(SyncState).update(cursor=SINCE)
        yield WooPlace(payloads, store.id)


@pytest.mark.parametrize("place", [made, CAPTURED_ONES], indirect=True)
@pytest.mark.parametrize("path", PATHS)
def test_each_path_leads_to_the_same_documents_also_the_second_time(place: Place, path: str) -> None:
    check_path(place, path)


@pytest.mark.parametrize("place", [partial(made, *FEW), CAPTURED_ONES], indirect=True)
@in_a_few_examples
@given(data=st.data())
def test_any_mixture_of_paths_and_kills_leads_to_the_same_documents(place: Place, data: st.DataObject) -> None:
    check_mixture(place, data)
