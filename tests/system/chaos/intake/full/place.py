"""The product with two connected stores, and what the harness does behind it: let its pauses pass, start its jobs."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.stack import Stack
from tests.system.chaos.intake.woo import WorkingWoo
from tests.system.chaos.intake.working import WorkingShop
from tests.system.chaos.planted import boot, bugs
from tests.system.chaos.product import Product
from tests.waiting import wait_for

CALL_SECONDS = 5.0
# Opens a store for each shop of `urls`, connects it, and prints the slugs by name.
_OPEN = """
import json
from integrations.woocommerce import connections
from integrations.simulation.demonstration import SELLER
from integrations.woocommerce.fake.shop import KEY, SECRET
from stores.models import DEFAULT_ACCOUNT_ID, Account
from stores.opening import Wanted, open_store

found = {}
for name, url in urls.items():
    wanted = Wanted(name=name, currency="EUR", platform="woocommerce", seller=SELLER | {"name": f"{name} GmbH"})
    store = open_store(Account.objects.get(pk=DEFAULT_ACCOUNT_ID), wanted)
    connections.save_connection(store.id, url=url, consumer_key=KEY, consumer_secret=SECRET)
    found[name] = store.slug
print(json.dumps(found))
"""
# As if all pauses were over: those of deliveries, of claims that a killed process has left, and of the reconciler.
_PAUSES = (
    "UPDATE webhooks_delivery SET next_at = clock_timestamp(), claimed_until = NULL WHERE state = 'new'",
    "UPDATE syncing_syncstate SET failures = 0, next_poll_at = clock_timestamp(), next_check_at = clock_timestamp()",
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """The running product, and the stores by slug with the shop of each."""

    product: Product
    shops: dict[str, WorkingShop]

    def let_pauses_pass(self) -> None:
        """Have all that waits done at once."""
        with suppress(psycopg.Error), self.product.connect() as connection:
            for statement in _PAUSES:
                connection.execute(statement)

    def start_history(self, slug: str, since: str) -> None:
        """Ask for the history of a store; the product may not answer now."""
        body = json.dumps({"kind": "history", "from": since}).encode()
        request = urllib.request.Request(
            f"{self.product.stack.url}/api/stores/{slug}/sync", body, {"Content-Type": "application/json"}
        )
        with suppress(OSError):
            urllib.request.urlopen(request, timeout=CALL_SECONDS).close()

    def are_webhooks_active(self) -> bool:
        return all(shop.is_ready() for shop in self.shops.values())


@contextmanager
def opened(bug: str | None, names: Sequence[str]) -> Iterator[Place]:
    """Start the product and connect a store with a shop for each of `names`."""
    environment = {"INTAKE_ALLOW_PRIVATE": "1", **(boot.environment(bug) if bug else {})}
    with Stack(env=environment) as stack, ExitStack() as servers:
        product = Product(stack)
        shops: dict[str, WorkingShop] = {name: WorkingWoo() for name in names}
        for shop in shops.values():
            servers.enter_context(shop.serve())
        slugs = _connect(stack, {name: shop.fake.url for name, shop in shops.items()})
        if bug:
            with product.connect() as connection:
                bugs.break_rules(bug, connection)
        place = Place(product=product, shops={slugs[name]: shop for name, shop in shops.items()})
        wait_for(place.are_webhooks_active, "the webhooks of the shops")
        yield place


def _connect(stack: Stack, urls: dict[str, str]) -> dict[str, Any]:
    done = stack.manage("shell", "-v", "0", "-c", f"urls = {urls!r}{_OPEN}")
    if done.returncode:
        raise RuntimeError(done.stderr)
    slugs: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return slugs
