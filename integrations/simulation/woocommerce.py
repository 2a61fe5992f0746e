"""A fake WooCommerce shop that is connected with a store."""

from __future__ import annotations

import random

from integrations.simulation.shops import ANSWER_FAULT_SHARE, LOOPBACK, NEW_SHARE, NotFree, Opening
from integrations.woocommerce import connections
from integrations.woocommerce.fake.customers import act
from integrations.woocommerce.fake.server import answer_of
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
from stores.queries import StoreFacts

ANSWER_FAULTS = (429, 500, "half", "slow")


class SimulatedWooCommerce:
    def __init__(self, opening: Opening) -> None:
        self._has_faults, self._chance = opening.has_faults, random.Random(opening.seed)
        self._store = opening.store
        self._shop = FakeShop(faults=opening.faults(), send=opening.send, clock=opening.clock)
        self.url = self._shop.url = opening.server.mount(answer_of(self._shop), opening.store.slug)

    def connect(self) -> None:
        _check_free(self._store)
        connections.save_connection(self._store.id, url=self.url, consumer_key=KEY, consumer_secret=SECRET)

    def happen(self) -> None:
        if self._has_faults and self._chance.random() < ANSWER_FAULT_SHARE:
            self._shop.faults.answers.append(self._chance.choice(ANSWER_FAULTS))
        act(self._shop, self._chance, new_share=NEW_SHARE)
        self._shop.deliver()

    def sell(self) -> None:
        self._shop.place()
        self._shop.deliver()


def _check_free(store: StoreFacts) -> None:
    """A store with a real shop is never given a fake one."""
    url = connections.read_url(store.id)
    if url and not url.startswith(LOOPBACK):
        raise NotFree(f"The store {store.slug} is connected with {url}: choose a store without a shop.")
