"""A fake shop of Shopify that is connected with a store, as if its owner had installed the app."""

from __future__ import annotations

import random
import time

from django.conf import settings

from integrations.shopify import app, connections
from integrations.shopify.fake.app import App
from integrations.shopify.fake.customers import act
from integrations.shopify.fake.server import answer_of
from integrations.shopify.fake.shop import FakeShopify
from integrations.shopify.tokens import Granted
from integrations.simulation.shops import ANSWER_FAULT_SHARE, NEW_SHARE, Opening, check_free
from integrations.syncing.errors import NotConnected
from stores.queries import StoreFacts

ANSWER_FAULTS = (429, 500, "half", "slow", "throttled")
# Of the first bulk operations.
BULK_FAULTS = ("busy", "failed", "shuffled", "cut")
# Between two endings of the access tokens: four minutes at the usual rate.
TOKEN_STEPS = 240
# Shorter than those of Shopify, so that a demonstration of minutes has retries.
RETRY_SECONDS = (1, 5, 15, 30, 60, 120, 240, 480)


class SimulatedShopify:
    def __init__(self, opening: Opening) -> None:
        """Raises `integrations.shopify.app.NotConfigured`."""
        self._store = opening.store
        self._has_faults, self._chance, self._count = opening.has_faults, random.Random(opening.seed), 0
        known = App(
            client_id=app.client_id(), secret=app.secrets()[0], compliance_url=f"{settings.PUBLIC_URL}/in/shopify/",
            api_version=settings.SHOPIFY_API_VERSION,
        )  # fmt: skip
        # A restarted shop has new orders, and does not change those of the last time.
        self._shop = FakeShopify(
            f"{opening.store.slug}.myshopify.com", app=known, faults=opening.faults(), retry_seconds=RETRY_SECONDS,
            first_id=int(time.time()), send=opening.send, clock=opening.clock,
        )  # fmt: skip
        self.url = self._shop.url = opening.server.mount(answer_of(self._shop), opening.store.slug)
        if opening.has_faults:
            self._shop.bulk.faults += BULK_FAULTS

    def connect(self) -> None:
        check_free(self._store, _url_of(self._store))
        connections.save_connection(
            self._store.id, shop=self._shop.domain, base_url=self.url, granted=_install(self._shop)
        )  # fmt: skip

    def happen(self) -> None:
        self._count += 1
        if self._has_faults and self._chance.random() < ANSWER_FAULT_SHARE:
            self._shop.faults.answers.append(self._chance.choice(ANSWER_FAULTS))
        if self._has_faults and self._count % TOKEN_STEPS == 0:
            self._shop.grant.expire_access()
        act(self._shop, self._chance, new_share=NEW_SHARE)
        self._shop.deliver()

    def sell(self) -> None:
        self._shop.place()
        self._shop.deliver()


def _install(shop: FakeShopify) -> Granted:
    tokens = shop.grant.install(*settings.SHOPIFY_SCOPES)
    return Granted(
        access=tokens["access_token"], refresh=tokens["refresh_token"], expires_in=tokens["expires_in"],
        scopes=shop.grant.granted,
    )  # fmt: skip


def _url_of(store: StoreFacts) -> str:
    """The address of its shop; empty where it has none."""
    try:
        return connections.read_connection(store.id).url
    except NotConnected:
        return ""
