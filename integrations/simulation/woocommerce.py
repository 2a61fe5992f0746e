"""A fake WooCommerce shop that is connected with a store."""

from __future__ import annotations

import random

from integrations.simulation.shops import ANSWER_FAULT_SHARE, NEW_SHARE, Opening, check_free
from integrations.woocommerce import connections
from integrations.woocommerce.fake.customers import act
from integrations.woocommerce.fake.server import answer_of
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop

ANSWER_FAULTS = (429, 500, "half", "slow")


class SimulatedWooCommerce:
    def __init__(self, opening: Opening) -> None:
        self._has_faults, self._chance = opening.has_faults, random.Random(opening.seed)
        self._store = opening.store
        self._shop = FakeShop(faults=opening.faults(), send=opening.send, clock=opening.clock)
        self.url = self._shop.url = opening.server.mount(answer_of(self._shop), opening.store.slug)

    def connect(self) -> None:
        check_free(self._store, connections.read_url(self._store.id))
        connections.save_connection(self._store.id, url=self.url, consumer_key=KEY, consumer_secret=SECRET)

    def happen(self) -> None:
        if self._has_faults and self._chance.random() < ANSWER_FAULT_SHARE:
            self._shop.faults.answers.append(self._chance.choice(ANSWER_FAULTS))
        act(self._shop, self._chance, new_share=NEW_SHARE)
        self._shop.deliver()

    def sell(self) -> None:
        self._shop.place()
        self._shop.deliver()
