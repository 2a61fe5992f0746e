"""A process that makes a database by the migrations of before, fills it, and upgrades it: what the test says of it is JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

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
    others = [key for key in executor.loader.graph.leaf_nodes() if key[0] != "invoices"]
    executor.migrate([BEFORE, *others])
    with connection.cursor() as cursor:
        for statement in Path(__file__).with_name("documents.sql").read_text().split(";\n"):
            if statement.strip():
                cursor.execute(statement)
    before = kept()
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
    }
    print(json.dumps(report, default=str))


def kept() -> dict[str, Any]:
    return {name: rows(statement) for name, statement in KEPT.items()}


def rows(statement: str) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} ORDER BY 1, 2")
        return [[str(value) for value in row] for row in cursor.fetchall()]


main()
