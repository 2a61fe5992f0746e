"""Backup and restore, each by one command, with PostgreSQL's own tools, but without Compose.

A `docker` of this test's own runs the tool that Compose would run in the container, and notes the rest.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from local.servers import _postgres_bin
from tests.repo.schemas import ROOT
from tests.waiting import HANG_SECONDS

URL = os.environ["DATABASE_URL"]
DOCKER = """#!/bin/sh
case "$*" in
  "compose exec -T postgres "*) shift 4; tool=$1; shift; exec "{tools}/$tool" "$@" ;;
  "compose run --rm -T migrate python "*) shift 6; exec "{python}" "$@" ;;
  *) echo "$*" >> "{notes}" ;;
esac
"""
ISSUE = """
from datetime import UTC, datetime
from decimal import Decimal
from invoices.issue import Draft, issue
from invoices.series import current_test_series
draft = Draft(invoice_date=datetime.now(UTC), seller_name="Seller", buyer_name="Buyer", subtotal=Decimal("10.05"),
              vat_rate=Decimal("0.15"), currency="SAR")
issue(series_id=current_test_series().pk, drafts=[draft] * 25)
"""


@dataclass
class Box:
    """The machine on which the two scripts run."""

    directory: Path

    def call(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        host = parse_qs(urlsplit(URL).query)["host"][0]
        environ = os.environ | {"PATH": f"{self.directory}:{os.environ['PATH']}", "PGHOST": host}
        command = [str(ROOT / "deploy" / script), *arguments]
        return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=HANG_SECONDS)

    @property
    def notes(self) -> list[str]:
        """The other commands that Compose received, one per line."""
        path = self.directory / "notes"
        return path.read_text().splitlines() if path.exists() else []


def manage(*arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(query: str, database: str = "invoicedash") -> list[tuple[object, ...]]:
    with psycopg.connect(URL, dbname=database, autocommit=True) as connection:
        cursor = connection.execute(query)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """The database that the product would use, on the tests' server, with 25 invoices in it."""
    directory = tmp_path_factory.mktemp("box")
    docker = directory / "docker"
    docker.write_text(DOCKER.format(tools=_postgres_bin(), python=sys.executable, notes=directory / "notes"))
    docker.chmod(0o755)
    manage("migrate", "--verbosity", "0")
    manage("shell", "-v", "0", "-c", ISSUE)
    yield Box(directory)
    for name in ("invoicedash_before", "invoicedash"):
        ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", "postgres")
    ask("CREATE DATABASE invoicedash", "postgres")


@pytest.fixture(scope="module")
def dump(box: Box) -> Path:
    """A backup; 25 more invoices were issued after it."""
    file = box.directory / "a backup.dump"
    done = box.call("backup.sh", str(file))
    assert done.returncode == 0, done.stderr
    assert str(file) in done.stdout
    assert file.stat().st_mode & 0o077 == 0
    manage("shell", "-v", "0", "-c", ISSUE)
    return file


def test_a_file_that_is_not_a_backup_changes_nothing(box: Box, dump: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.dump"
    whole = dump.read_bytes()
    broken.write_bytes(whole[: len(whole) // 3])
    before = ask("SELECT epoch, (SELECT count(*) FROM invoices_invoice) FROM streaming_installation")
    assert box.call("restore.sh", str(broken)).returncode != 0
    assert box.call("restore.sh", str(tmp_path / "none.dump")).returncode != 0
    assert ask("SELECT epoch, (SELECT count(*) FROM invoices_invoice) FROM streaming_installation") == before
    assert box.notes == []
    assert ask("SELECT 1 FROM pg_database WHERE datname = 'invoicedash_restored'") == []


def test_a_restore_is_what_was_backed_up_with_a_new_epoch_and_passes_the_audit(box: Box, dump: Path) -> None:
    old_epoch = ask("SELECT epoch FROM streaming_installation")
    done = box.call("restore.sh", str(dump))
    assert done.returncode == 0, done.stderr
    assert ask("SELECT count(*) FROM invoices_invoice") == [(25,)]
    assert ask("SELECT epoch FROM streaming_installation") not in (old_epoch, [("",)])
    report = json.loads(manage("audit", "--json").splitlines()[-1])
    assert (report["ok"], report["invoices"]) == (True, 25)
    assert [note.split()[1] for note in box.notes] == ["stop", "up"]
    # What was there is kept, and what is there now still keeps its totals.
    assert ask("SELECT count(*) FROM invoices_invoice", "invoicedash_before") == [(50,)]
    manage("shell", "-v", "0", "-c", ISSUE)
    assert ask("SELECT sum(invoice_count) FROM invoices_totals") == [(50,)]


def test_a_backup_that_fails_leaves_no_file(box: Box, tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "backup.dump"
    assert box.call("backup.sh", str(file)).returncode != 0
    assert not file.parent.exists()
