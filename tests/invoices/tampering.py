"""Makes the stored documents wrong for tests of the audit: removes the triggers that prevent it until the rollback."""

from __future__ import annotations

from typing import Any

from django.db import connection
from psycopg import sql

TABLES = (
    "invoices_invoice", "invoices_series", "invoices_totals", "invoices_run", "invoices_document", "invoices_line",
    "invoices_link", "invoices_credit", "invoices_vatgroup", "invoices_groupcredit", "invoices_erasure",
)  # fmt: skip


def tamper(statement: str, *parameters: Any, without: str | None = None) -> None:
    """Execute it with the triggers disabled, and without the constraint or index of that name."""
    with connection.cursor() as cursor:
        # A table cannot be altered while keys of it wait to be checked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        if without:
            _drop(without)
        cursor.execute(statement, parameters)
        assert cursor.rowcount > 0, "the statement changed nothing"
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _drop(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass::text FROM pg_constraint WHERE conname = %s", [name])
        found = cursor.fetchone()
        if found is None:
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        else:
            names = sql.SQL(found[0]), sql.Identifier(name)
            cursor.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(*names))
