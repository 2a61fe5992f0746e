"""`manage.py simulate_shop`: fake WooCommerce shops that send signed webhooks to this installation."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.fakes.faults import Faults
from integrations.woocommerce import connections
from integrations.woocommerce.fake.customers import act
from integrations.woocommerce.fake.demonstration import demonstration_store
from integrations.woocommerce.fake.server import ShopServer
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
from stores.queries import StoreFacts, UnknownStore, read_store

LOOPBACK = "http://127.0.0.1:"
# How often an answer of the REST API is a fault, when faults are on.
ANSWER_FAULTS = (429, 500, "half", "slow")
ANSWER_FAULT_SHARE = 0.02


class Command(BaseCommand):
    help = "Runs fake WooCommerce shops for stores of this installation until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--stores", type=int, default=1, help="demonstration stores, opened where they are missing [1]"
        )
        parser.add_argument(
            "--store", action="append", help="instead: the slug of a store that gets a shop; repeatable"
        )
        parser.add_argument(
            "--orders-per-minute", type=float, default=60.0, help="things that happen in each shop [60]"
        )
        parser.add_argument(
            "--faults", action="store_true", help="lose, delay, double and reorder webhooks; bad answers"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same orders [1]")
        parser.add_argument("--seconds", type=float, default=0.0, help="end after this many seconds [until Ctrl-C]")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.INTAKE_ALLOW_PRIVATE:
            raise CommandError("Fake shops are on this machine: set INTAKE_ALLOW_PRIVATE=1 for this and the product.")
        with ExitStack() as stack:
            slugs = options["store"] or [demonstration_store(number) for number in range(1, options["stores"] + 1)]
            shops = [self._open(stack, slug, options) for slug in slugs]
            try:
                _run(shops, options)
            except KeyboardInterrupt:
                self.stdout.write("The shops are closed.")

    def _open(self, stack: ExitStack, slug: str, options: dict[str, Any]) -> FakeShop:
        try:
            store = read_store(slug)
        except UnknownStore as error:
            raise CommandError(str(error)) from None
        _check_free(store)
        shop = FakeShop(faults=_faults(options))
        stack.enter_context(ShopServer(shop))
        connections.save_connection(store.id, url=shop.url, consumer_key=KEY, consumer_secret=SECRET)
        self.stdout.write(f"{slug}: a fake shop at {shop.url}")
        return shop


def _check_free(store: StoreFacts) -> None:
    """A store with a real shop is never given a fake one."""
    url = connections.read_url(store.id)
    if url and not url.startswith(LOOPBACK):
        raise CommandError(f"The store {store.slug} is connected with {url}: choose a store without a shop.")


def _faults(options: dict[str, Any]) -> Faults:
    chance = random.Random(options["seed"])
    if not options["faults"]:
        return Faults(random=chance)
    return Faults(lost=0.05, late=0.1, doubled=0.1, is_reordered=True, random=chance)


def _run(shops: list[FakeShop], options: dict[str, Any]) -> None:
    chance = random.Random(options["seed"])
    began = time.monotonic()
    step_seconds = 60.0 / max(0.01, options["orders_per_minute"])
    count = 0
    while not options["seconds"] or time.monotonic() - began < options["seconds"]:
        for shop in shops:
            if options["faults"] and chance.random() < ANSWER_FAULT_SHARE:
                shop.faults.answers.append(chance.choice(ANSWER_FAULTS))
            act(shop, chance, new_share=0.6)
            shop.deliver()
        count += 1
        # To absolute times, so that the rate holds however long the webhooks take.
        time.sleep(max(0.0, began + count * step_seconds - time.monotonic()))
