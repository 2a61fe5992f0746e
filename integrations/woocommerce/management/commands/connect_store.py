"""`manage.py connect_store SLUG --platform woocommerce --url U ...`: connects a store with a shop by keys."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.syncing.errors import ShopError
from integrations.woocommerce import NAME, proving
from stores.queries import UnknownStore, read_store
from stores.states import WrongState


class Command(BaseCommand):
    help = "Connects a store with a shop by keys, once the shop accepts them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the slug of the store")
        parser.add_argument("--platform", choices=[NAME], default=NAME)
        parser.add_argument("--url", required=True, help="the address of the shop")
        parser.add_argument("--consumer-key", required=True)
        parser.add_argument("--consumer-secret", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            proving.connect(
                read_store(options["slug"]), url=options["url"], consumer_key=options["consumer_key"],
                consumer_secret=options["consumer_secret"],
            )  # fmt: skip
        except (UnknownStore, WrongState, ShopError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{options['slug']} is connected with {options['url']}; its webhooks are made within seconds."
        )
