"""`manage.py sync_store SLUG`: reads the orders of a shop now, with its progress."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.syncing import reconciling, sync
from integrations.syncing.errors import NotConnected, ShopError
from integrations.syncing.shop import Found, open_shop
from orders.terms import NoSeries
from stores.queries import StoreFacts, UnknownStore, read_store


class Command(BaseCommand):
    help = "Reads the orders of a shop that changed since the last poll, or its history from a day on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the slug of the store")
        parser.add_argument("--history", action="store_true", help="all orders that changed since --from")
        parser.add_argument(
            "--from", dest="since", type=_day, default=_day("2000-01-01"), help="a day such as 2026-01-31"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            store = read_store(options["slug"])
            sync.require_connected(store)
            found = self._read_history(store, options["since"]) if options["history"] else reconciling.poll(store.id)
        except (UnknownStore, NotConnected, NoSeries, ShopError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{found.seen:,} orders read, {found.added:,} new or changed.")
        if found.notice:
            self.stdout.write(found.notice)

    def _read_history(self, store: StoreFacts, since: datetime) -> Found:
        found = Found()
        with open_shop(store.id) as shop:
            for _ in shop.read_history(since, found, {}):
                of_total = f" of {found.total:,}" if found.total else ""
                self.stderr.write(f"\r{found.seen:,}{of_total} orders", ending="")
        self.stderr.write("")
        return found


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
