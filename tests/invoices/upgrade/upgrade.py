"""A process that makes a database by the migrations of before, fills it, and upgrades it: what the test says of it is JSON."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
from pyarrow import parquet

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.db.migrations.graph import MigrationGraph  # noqa: E402

BEFORE = ("invoices", "0012_idempotency_keys_belong_to_web")
KEPT = {
    "invoices": "SELECT id, invoice_number, kind, subtotal, vat_amount, total_amount FROM invoices_invoice",
    "totals": "SELECT series_id, currency, invoice_count, subtotal_amount, vat_amount, total_amount FROM invoices_totals",
    "links": "SELECT series_id, ordinal, encode(digest, 'hex'), encode(hash, 'hex') FROM invoices_link",
    "credits": "SELECT invoice_id, total_amount, credited_amount FROM invoices_credit",
    "series": "SELECT id, prefix, last_ordinal, encode(chain_head, 'hex') FROM invoices_series",
}


def main() -> None:
    """Print what was there before and after the upgrade, the audit, and the groups and numbers that it made."""
    executor = MigrationExecutor(connection)
    executor.migrate([BEFORE, *others(executor.loader.graph)])
    with connection.cursor() as cursor:
        for statement in Path(__file__).with_name("documents.sql").read_text().split(";\n"):
            if statement.strip():
                cursor.execute(statement)
    before, replay = kept(), start_replay()
    play(replay, half=True)
    call_command("migrate", verbosity=0)
    from invoices.audit import audit

    report = {
        "before": before,
        "after": kept(),
        "audit": audit(),
        "groups": rows("SELECT invoice_id, rate, category, net, vat, roundings FROM invoices_vatgroup"),
        "capped": rows("SELECT rate, is_capped, credited_net FROM invoices_groupcredit WHERE invoice_id = 12"),
        "printed": rows("SELECT invoice_number, printed_number FROM invoices_invoice WHERE printed_number <> ''"),
        "versions": rows("SELECT version, count(*) FROM invoices_link GROUP BY 1"),
        "replayed": play(replay),
        "stats": totals(),
        "exports": exports(),
    }
    print(json.dumps(report, default=str))


def others(graph: MigrationGraph) -> list[tuple[str, str]]:
    """The newest migrations of all other apps, but for apps that need later migrations of invoices."""
    leaves = [key for key in graph.leaf_nodes() if key[0] != "invoices"]
    return [leaf for leaf in leaves if all(key <= BEFORE for key in graph.forwards_plan(leaf) if key[0] == "invoices")]


def start_replay() -> Any:
    """A replay of everything that was issued on live."""
    from replays import operations

    [[first, last]] = rows("SELECT min(invoice_date), max(invoice_date) FROM invoices_invoice")
    begin, end = (datetime.fromisoformat(moment) for moment in (first, last))
    return operations.start(source="live", begins_at=begin, ends_at=end + timedelta(seconds=1), speed=Decimal(600))


def play(replay: Any, *, half: bool = False) -> dict[str, Any]:
    """Let the replay go on to its end, or to the half of its window; its totals."""
    from replays import figures, player
    from replays.models import Replay

    passed = (replay.ends_at - replay.begins_at) / (2 if half else 1) / float(replay.speed)
    Replay.objects.filter(pk=replay.pk).update(
        started_at=datetime.now(UTC) - passed - timedelta(seconds=0 if half else 5)
    )
    while player.tick():
        pass
    replay.refresh_from_db()
    currencies: list[Any] = figures.read_stats(replay.feed_name)["currencies"]
    return {"state": replay.state, "currencies": currencies}


def totals() -> list[Any]:
    from invoices.totals import read

    found: list[Any] = read("live")["currencies"]
    return found


def exports() -> dict[str, list[list[str]]]:
    """Number, net, VAT and total of each exported document by format, and the VAT of its groups."""
    csv_rows = list(csv.DictReader(io.StringIO(exported("csv").decode(), newline="")))
    documents = [json.loads(text) for text in exported("jsonl").splitlines()]
    parquet_rows = parquet.read_table(io.BytesIO(exported("parquet"))).to_pylist()
    names = ("invoice_number", "subtotal", "vat_amount", "total_amount")
    return {
        "csv": [[row[name] for name in names] + [vat_of(json.loads(row["vat_groups"]))] for row in csv_rows],
        "jsonl": [[one[name] for name in names] + [vat_of(one["vat_groups"])] for one in documents],
        "parquet": [[str(row[name]) for name in names] + [vat_of(row["vat_groups"])] for row in parquet_rows],
    }


def vat_of(groups: list[dict[str, Any]]) -> str:
    return str(sum((Decimal(group["vat"]) for group in groups), Decimal("0.00")))


def exported(form: str) -> bytes:
    from exports.files.filters import Filter, choose
    from exports.files.formats import Format, write

    sink = io.BytesIO()
    sink.close, made = lambda: None, sink  # type: ignore[method-assign]
    for _ in write(choose(Filter(feed="live")), Format(form), sink):
        pass
    return made.getvalue()


def kept() -> dict[str, Any]:
    return {name: rows(statement) for name, statement in KEPT.items()}


def rows(statement: str) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} ORDER BY 1, 2")
        return [[str(value) for value in row] for row in cursor.fetchall()]


main()
# A process that ends in the usual way is sometimes aborted by threads of pyarrow.
sys.stdout.flush()
os._exit(0)
