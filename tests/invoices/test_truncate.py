"""PostgreSQL refuses TRUNCATE of real invoices, except in databases with the names of Django's tests (`test_...`)."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from runtime.environment import BASE_DIR
from tests.invoices.samples import NOON

TRUNCATES = [
    "TRUNCATE invoices_invoice",
    "TRUNCATE invoices_invoice CASCADE",
    "TRUNCATE invoices_run CASCADE",
    "TRUNCATE invoices_series CASCADE",
    "TRUNCATE streaming_feed CASCADE",
    "TRUNCATE invoices_invoice, invoices_totals, invoices_run, invoices_series",
]

_INSERT = """
INSERT INTO invoices_invoice (series_id, ordinal, invoice_number, invoice_date, seller_name, buyer_name, currency,
    vat_rate, subtotal, vat_amount, total_amount)
SELECT id, 1, prefix || '-000001', %s, 'Nordwind GmbH', 'Ocean & Sons', 'SAR', 0.15, 100, 15, 115
FROM invoices_series WHERE prefix = %s
"""


@pytest.fixture(scope="module")
def production(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of a migrated database whose name is not one of the tests."""
    name = f"invoicedash_{secrets.token_hex(4)}"
    with django_db_blocker.unblock():
        settings = connection.settings_dict
    server = f"postgresql://{settings['USER']}@/{{}}?host={settings['HOST']}"
    with psycopg.connect(server.format(settings["NAME"]), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            env = os.environ | {"DATABASE_URL": server.format(name)}
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=BASE_DIR, env=env, check=True)
            yield server.format(name)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def connected(production: str) -> Iterator[psycopg.Connection[Any]]:
    """A transaction on the database `production`, rolled back at the end."""
    with psycopg.connect(production) as connected:
        yield connected
        connected.rollback()


@pytest.mark.parametrize("truncate", TRUNCATES)
def test_a_truncate_of_real_invoices_is_refused(connected: psycopg.Connection[Any], truncate: str) -> None:
    connected.execute(_INSERT, [NOON, "INV"])
    connected.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(psycopg.errors.RestrictViolation, match="never deleted"), connected.transaction():
        connected.execute(truncate)
    row = connected.execute("SELECT count(*), (SELECT sum(invoice_count) FROM invoices_totals) FROM invoices_invoice")
    assert row.fetchone() == (1, 1)


@pytest.mark.parametrize("truncate", TRUNCATES[:2])
def test_a_truncate_of_generated_invoices_alone_is_allowed(connected: psycopg.Connection[Any], truncate: str) -> None:
    connected.execute(_INSERT, [NOON, "DEMO1"])
    connected.execute("SET CONSTRAINTS ALL IMMEDIATE")
    connected.execute(truncate)
    row = connected.execute("SELECT count(*), (SELECT count(*) FROM invoices_totals) FROM invoices_invoice").fetchone()
    assert row == (0, 0)


def test_a_flush_of_real_invoices_is_refused(production: str) -> None:
    with psycopg.connect(production) as opened:
        opened.execute(_INSERT, [NOON, "INV"])
    flush = subprocess.run(
        [sys.executable, "manage.py", "flush", "--noinput"],
        cwd=BASE_DIR,
        env=os.environ | {"DATABASE_URL": production},
        capture_output=True,
        text=True,
    )
    assert flush.returncode != 0
    with psycopg.connect(production) as opened:
        assert opened.execute("SELECT count(*) FROM invoices_invoice").fetchone() == (1,)


@pytest.mark.django_db
def test_the_database_of_the_tests_has_the_name_that_is_exempt() -> None:
    assert str(connection.settings_dict["NAME"]).startswith("test_")
