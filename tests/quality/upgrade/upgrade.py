"""Brings a migrated database to the state of the app `sources`, upgrades and uses it, and prints a report as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

MOVED = ["sourcefile", "quarantined"]
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
QUEUED = f"{HEADER}\n20,85123A,LANTERN,6,2026-01-31 08:26:00,2.55,17850.0,Germany\n"
SCHEMA = """
SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid IN ('imports_sourcefile'::regclass, 'quality_quarantined'::regclass)
UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename IN ('imports_sourcefile', 'quality_quarantined')
UNION ALL SELECT concat_ws(' ', table_name, column_name, data_type, column_default, is_identity)
FROM information_schema.columns WHERE table_name IN ('imports_sourcefile', 'quality_quarantined')
UNION ALL SELECT relname FROM pg_class WHERE relkind = 'S' AND relname ~ '^(sources|imports|quality)_'
"""
PERMISSIONS = """
SELECT app_label, codename FROM auth_group g JOIN auth_group_permissions gp ON gp.group_id = g.id
JOIN auth_permission p ON p.id = gp.permission_id JOIN django_content_type t ON t.id = p.content_type_id
WHERE g.name = 'keepers'
"""
MIGRATIONS = "SELECT app, name FROM django_migrations WHERE app IN ('sources', 'imports', 'quality') ORDER BY app, name"


def main() -> None:
    """Make both databases in one: the schema of a fresh one is read before its tables make way for the former ones."""
    fresh, migrations = rows(SCHEMA), rows(MIGRATIONS)
    go_back()
    call_command("migrate", verbosity=0)
    report = {
        "fresh": fresh,
        "upgraded": rows(SCHEMA),
        "fresh_migrations": migrations,
        "migrations": rows(MIGRATIONS),
        "content_types": rows(
            "SELECT app_label, model FROM django_content_type WHERE model IN ('sourcefile', 'quarantined')"
        ),
        "permissions": rows(PERMISSIONS),
        "kept": rows("SELECT key, state, source, source_id, source_name FROM quality_quarantined"),
    }
    print(json.dumps(report | use()))


def go_back() -> None:
    """Put the tables of `sources` in the place of those that took over from them."""
    executor = MigrationExecutor(connection)
    executor.migrate([("imports", None), ("quality", None), ("jobs", "0002_cancel_and_turns")])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_content_type SET app_label = 'sources' WHERE model = ANY(%s)", [MOVED])
        for statement in Path(__file__).with_name("sources.sql").read_text().split(";\n"):
            if statement.strip():
                cursor.execute(statement)


def use() -> dict[str, Any]:
    """Correct and accept quarantined rows, do the job that waited, and audit."""
    from imports.models import SourceFile
    from invoices.audit import audit
    from jobs import files, runner
    from jobs.models import Job
    from quality import quarantine
    from quality.models import Quarantined

    broken, negative = Quarantined.objects.get(key="7"), Quarantined.objects.get(key="8")
    job = Job.objects.get()
    (files.directory(job.pk) / "upload").write_text(QUEUED)
    numbers = [
        quarantine.correct(broken.pk, broken.raw.replace("six", "6"), by="ann").invoice_number,
        quarantine.accept(negative.pk, by="ann").invoice_number,
    ]
    runner.run_queue(job.queue)
    job.refresh_from_db()
    return {
        "numbers": numbers,
        "job": [job.state, job.report and job.report["documents"]],
        "files": list(SourceFile.objects.order_by("id").values_list("id", "name", "done_count")),
        "audit": audit()["ok"],
    }


def rows(statement: str) -> list[list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return sorted([str(value) for value in row] for row in cursor.fetchall())


main()
