"""`manage.py ingest FILE... --source S --type T`: pushes files into a store, takes them and prints what became of them."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.pipes import queries, working
from integrations.pipes.entities import ENTITIES
from integrations.pipes.landing import Format, NothingReadable, split_text
from integrations.pipes.models import Batch
from integrations.pipes.pushing import BacklogFull, Push, StoreErased, fingerprint_of, push
from stores.queries import StoreFacts, UnknownStore, read_store

HELD = 3
# Of a file, in one batch.
MOST_LINES = 10_000
BUSY_SECONDS = 0.05
_FORMATS: dict[str, Format] = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_COUNTS = ("received", "accepted", "duplicates")


class Command(BaseCommand):
    help = "Pushes records from files of JSON lines, JSON or CSV into a store. The same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--source", required=True, help="the name of the source")
        parser.add_argument("--type", required=True, choices=list(ENTITIES), dest="data_type")
        parser.add_argument("--store", default="main", help="the slug of the store [main]")
        parser.add_argument("--format", choices=["json", "jsonl", "csv"], help="[by the ending of the file]")
        parser.add_argument("--json", action="store_true", help="the counts as JSON")
        parser.add_argument("--strict", action="store_true", help="exit code 3 when a record was held or rejected")

    def handle(self, *args: Any, paths: Sequence[Path], **given: Any) -> None:
        try:
            store = _open_store(given["store"])
            batches = [batch for path in paths for batch in _push_file(path, store, given)]
        except (BacklogFull, NothingReadable, OSError, StoreErased, UnicodeDecodeError, UnknownStore) as error:
            raise CommandError(str(error)) from None
        counts = _sum(batches)
        self.stdout.write(json.dumps(counts) if given["json"] else _as_text(counts))
        if given["strict"] and (counts["held"] or counts["rejected"]):
            raise SystemExit(HELD)


def _open_store(slug: str) -> StoreFacts:
    """The store; raises `CommandError` for one that is paused, because its records would wait without end."""
    store = read_store(slug)
    if store.status == "paused":
        raise CommandError(f"Store {slug} is paused: resume it before you push files into it.")
    return store


def _push_file(path: Path, store: StoreFacts, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Push a file in batches, each under a key made of its content, and take it; yields each as the API shows it."""
    content = path.read_bytes()
    form = given["format"] or _FORMATS.get(path.suffix.lower(), "jsonl")
    lines = split_text(content.decode(), form)
    fingerprint = fingerprint_of(content)
    for start in range(0, len(lines), MOST_LINES):
        stored = push(
            store,
            Push(
                source=given["source"], data_type=given["data_type"], lines=lines[start : start + MOST_LINES],
                fingerprint=fingerprint, key=f"file:{fingerprint.hex()}:{given['data_type']}:{start}",
            ),
        )  # fmt: skip
        _wait(stored.batch)
        found = queries.present(queries.read_batch(stored.batch.pk))
        # What was pushed before is a duplicate as a whole.
        if stored.is_duplicate:
            found |= {"accepted": 0, "duplicates": found["received"], "held": {}, "rejected": {}}
        yield found


def _wait(batch: Batch) -> None:
    """Take what waits, here or in the process `loops`, until the batch is taken."""
    while not queries.is_settled(batch.pk)[0]:
        if not working.take_next():
            time.sleep(BUSY_SECONDS)


def _sum(batches: Sequence[dict[str, Any]]) -> dict[str, Any]:
    counts: dict[str, Any] = {name: sum(batch[name] for batch in batches) for name in _COUNTS}
    for name in ("held", "rejected", "warned"):
        counts[name] = dict(sum((Counter(batch[name]) for batch in batches), Counter()))
    return counts | {"seconds": round(sum(batch["seconds"] for batch in batches), 3)}


def _as_text(counts: dict[str, Any]) -> str:
    lines = [
        f"{counts['received']:,} records in {counts['seconds']:.1f} s: {counts['accepted']:,} taken, "
        f"{counts['duplicates']:,} were there already."
    ]
    for name in ("held", "rejected", "warned"):
        lines += [f"  {count:,} {name}: {rule}" for rule, count in sorted(counts[name].items())]
    return "\n".join(lines)
