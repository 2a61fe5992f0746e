"""`manage.py replay_deliveries SLUG`: applies stored webhooks again, or says what that would do."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.webhooks import replaying
from integrations.webhooks.queries import Filter
from integrations.webhooks.replaying import TooMany
from integrations.webhooks.states import State
from stores.queries import UnknownStore, read_store


class Command(BaseCommand):
    help = "Applies stored webhooks of a store again. --dry-run says what that would do and changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the slug of the store")
        parser.add_argument("--state", choices=[each.value for each in State], help="only those in this state")
        parser.add_argument("--topic", help="only those of this topic, such as order.updated")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = Filter(state=options["state"], topic=options["topic"])
        try:
            store = read_store(options["slug"])
            if not options["dry_run"]:
                self.stdout.write(f"{replaying.replay(store.id, wanted):,} deliveries are applied again.")
                return
            would = replaying.preview(store.id, wanted)
        except (UnknownStore, TooMany) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(", ".join(f"{name}: {count:,}" for name, count in would.items()))
