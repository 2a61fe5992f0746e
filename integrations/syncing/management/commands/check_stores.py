"""`manage.py check_stores`: the health of each connection with a shop."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from integrations.syncing.health import read_health
from integrations.syncing.models import SyncState
from stores.queries import read_stores
from stores.rows import rows_of_all_stores


class Command(BaseCommand):
    help = "Says how each connection with a shop does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        connected = set(rows_of_all_stores(SyncState).values_list("store_id", flat=True))
        health = {store.slug: read_health(store) for store in read_stores() if store.id in connected}
        if options["json"]:
            self.stdout.write(json.dumps(health))
            return
        for slug, found in health.items():
            counts = ", ".join(f"{name} {count:,}" for name, count in found["webhooks"].items())
            error = found["connection"]["error"]
            self.stdout.write(f"{slug}: {found['connection']['status']}; {counts}" + (f"; {error}" if error else ""))
