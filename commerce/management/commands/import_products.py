"""`import_products FILE`: the products of a CSV file into a store."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from commerce.product_files import BadProductFile, take_products
from stores.queries import UnknownStore, read_store


class Command(BaseCommand):
    help = "Adds the products of a CSV file (code,name,category) to a store, or changes them. Nothing is deleted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--store", default="main", help="slug of the store [main]")
        parser.add_argument("--json", action="store_true", help="one line of JSON")

    def handle(self, *args: Any, file: Path, store: str, **options: Any) -> None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                taken = take_products(read_store(store).id, lines)
        except (BadProductFile, UnknownStore, OSError) as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(dataclasses.asdict(taken)))
        else:
            self.stdout.write(f"{taken.added:,} added, {taken.changed:,} changed, {taken.unchanged:,} unchanged.")
