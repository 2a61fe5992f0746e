"""`manage.py simulate_shop`: fake shops that send signed webhooks to this installation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.fakes.server import FakeServer
from integrations.simulation.demonstration import demonstration_stores
from integrations.simulation.platforms import NOT_INSTALLED, PLATFORMS, NotSimulated, installed, opener_of
from integrations.simulation.running import run
from integrations.simulation.shops import NotFree, Opening, SimulatedShop
from integrations.syncing.errors import ShopError
from stores.queries import UnknownStore, read_store


class Command(BaseCommand):
    help = "Runs fake shops of WooCommerce and Shopify for stores of this installation until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--stores", type=int, default=1, help="demonstration stores, opened where they are missing [1]"
        )
        parser.add_argument("--platform", choices=PLATFORMS, help="of the demonstration stores [all in turn]")
        parser.add_argument(
            "--store", action="append", help="instead: the slug of a store that gets a shop; repeatable"
        )
        parser.add_argument(
            "--orders-per-minute", type=float, default=60.0, help="things that happen in each shop [60]"
        )
        parser.add_argument(
            "--faults",
            action="store_true",
            help="lose, delay, double and reorder webhooks; bad answers; tokens that end",
        )
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same orders [1]")
        parser.add_argument("--seconds", type=float, default=0.0, help="end after this many seconds [until Ctrl-C]")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.INTAKE_ALLOW_PRIVATE:
            raise CommandError("Fake shops are on this machine: set INTAKE_ALLOW_PRIVATE=1 for this and the product.")
        with FakeServer() as server:
            try:
                slugs = options["store"] or demonstration_stores(options["stores"], self._platforms(options))
                shops = [self._open(server, slug, options) for slug in slugs]
                run(shops, per_minute=options["orders_per_minute"], seconds=options["seconds"])
            except (UnknownStore, NotFree, NotSimulated, ShopError) as error:
                raise CommandError(str(error)) from None
            except KeyboardInterrupt:
                self.stdout.write("The shops are closed.")

    def _platforms(self, options: dict[str, Any]) -> list[str]:
        if options["platform"]:
            return [options["platform"]]
        found = installed()
        if len(found) < len(PLATFORMS):
            self.stdout.write(f"{NOT_INSTALLED}. All shops are of {', '.join(found)}.")
        return found

    def _open(self, server: FakeServer, slug: str, options: dict[str, Any]) -> SimulatedShop:
        store = read_store(slug)
        opening = Opening(
            store=store, server=server, seed=f"{options['seed']} {slug}", has_faults=options["faults"]
        )  # fmt: skip
        shop = opener_of(store.platform)(opening)
        shop.connect()
        self.stdout.write(f"{slug}: a fake shop at {shop.url}")
        return shop
