"""Backup and restore as docs/deployment.md tells them, with PostgreSQL's own tools."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from invoicedash.local.servers import _postgres_bin
from invoices.issue import Draft, issue
from invoices.series import current_test_series
from streaming.models import Installation
from tests.repo.schemas import ROOT

RESTORED = "test_restored"
pytestmark = pytest.mark.django_db(transaction=True)


def run_tool(tool: str, *arguments: str, database: str = "") -> str:
    """Run a tool of PostgreSQL on the tests' server; returns what it printed."""
    settings = connection.settings_dict
    environ = {"PGHOST": settings["HOST"], "PGUSER": settings["USER"], "PGDATABASE": database or settings["NAME"]}
    command = [str(_postgres_bin() / tool), *arguments]
    result = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout


def url_of(database: str) -> str:
    """The address of another database on the tests' server."""
    settings = connection.settings_dict
    return f"postgresql://{settings['USER']}@/{database}?host={settings['HOST']}"


def new_epoch_statement() -> str:
    """The statement that the document tells to run after a restore."""
    document = (ROOT / "docs" / "deployment.md").read_text()
    statement = document.partition('-c "')[2].partition('"')[0]
    assert statement.startswith("UPDATE streaming_installation")
    return statement


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[str]:
    """A database restored from a dump of the tests' own, which holds 25 invoices."""
    draft = Draft(
        invoice_date=datetime.now(UTC),
        seller_name="Seller",
        buyer_name="Buyer",
        subtotal=Decimal("10.05"),
        vat_rate=Decimal("0.15"),
        currency="SAR",
    )
    issue(series_id=current_test_series().pk, drafts=[draft] * 25)
    dump = str(tmp_path / "dump")
    run_tool("pg_dump", "--format", "custom", "--file", dump)
    run_tool("createdb", RESTORED)
    try:
        run_tool("pg_restore", "--dbname", RESTORED, "--exit-on-error", dump)
        run_tool("psql", "--command", new_epoch_statement(), database=RESTORED)
        yield RESTORED
    finally:
        run_tool("dropdb", "--force", RESTORED)


def test_a_restored_database_passes_the_audit(restored: str) -> None:
    environ = os.environ | {"DATABASE_URL": url_of(restored)}
    command = [sys.executable, "manage.py", "audit", "--json"]
    result = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout.splitlines()[-1])
    assert (report["ok"], report["invoices"]) == (True, 25)


def test_a_restored_database_has_an_epoch_of_its_own(restored: str) -> None:
    epoch = run_tool("psql", "-tAc", "SELECT epoch FROM streaming_installation", database=restored).strip()
    assert epoch
    assert epoch != Installation.objects.get().epoch


def test_a_restored_database_still_keeps_the_totals(restored: str) -> None:
    run_tool("psql", "-c", "DELETE FROM invoices_invoice WHERE ordinal > 20", database=restored)
    totals = run_tool("psql", "-tAc", "SELECT invoice_count, total_amount FROM invoices_totals", database=restored)
    assert totals.strip() == "20|231.20"
