"""A database of before the VAT groups is upgraded: every invoice, total and link stays, and the audit is in order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.upgrading import report_of

NAME = f"upgraded_{os.getpid()}"


@pytest.fixture(scope="module")
def upgraded() -> Iterator[dict[str, Any]]:
    """What the upgrade of a database with documents says of it."""
    url = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(urlunsplit(url), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {NAME}")
        try:
            database = urlunsplit(url._replace(path=f"/{NAME}"))
            yield report_of("tests.invoices.upgrade.upgrade", database)
        finally:
            server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def test_every_invoice_total_link_and_credit_stays(upgraded: dict[str, Any]) -> None:
    assert upgraded["before"] == upgraded["after"]
    assert len(upgraded["after"]["invoices"]) == 15


def test_the_audit_is_in_order_and_old_links_verify(upgraded: dict[str, Any]) -> None:
    assert upgraded["audit"]["ok"], upgraded["audit"]
    assert upgraded["versions"] == [["1", "15"]]
    assert sum(chain["links"] for chain in upgraded["audit"]["chains"]) == 15


def test_vat_groups_are_those_of_the_lines(upgraded: dict[str, Any]) -> None:
    of_3 = [group[1:] for group in upgraded["groups"] if group[0] == "3"]
    assert of_3 == [["0.000000", "Z", "5.00", "0.00", "1"], ["0.200000", "S", "20.00", "4.00", "2"]]


def test_a_rate_that_was_credited_too_far_is_not_capped(upgraded: dict[str, Any]) -> None:
    assert upgraded["capped"] == [["0.000000", "True", "50.00"], ["0.200000", "False", "150.00"]]


def test_a_replay_that_was_under_way_comes_to_the_same_totals(upgraded: dict[str, Any]) -> None:
    assert upgraded["replayed"] == {"state": "completed", "currencies": upgraded["stats"]}


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_every_document_is_exported_with_its_amounts(upgraded: dict[str, Any], form: str) -> None:
    amounts = [
        [number, *sums] for _, number, _, *sums in sorted(upgraded["after"]["invoices"], key=lambda row: int(row[0]))
    ]
    found = upgraded["exports"][form]
    assert [row[:4] for row in found] == amounts
    assert [row[4] for row in found] == [row[2] for row in amounts]


def test_a_sources_numbers_are_printed_as_they_are(upgraded: dict[str, Any]) -> None:
    assert upgraded["printed"] == [["SHOP-581475", "581475"], ["SHOP-A/7 b", "A/7 b"]]
