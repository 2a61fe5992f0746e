"""A database with the tables of the app `sources` is upgraded: rows, rights and waiting jobs stay and work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests import migrated
from tests.upgrading import report_of

NAME = "upgraded_quality"


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The report of `tests.quality.upgrade.upgrade`."""
    with migrated.copy(NAME) as database:
        data = str(tmp_path_factory.mktemp("data"))
        yield report_of("tests.quality.upgrade.upgrade", database, INVOICEDASH_DATA_DIR=data)


def test_the_schema_is_that_of_a_fresh_database(upgraded: dict[str, Any]) -> None:
    assert upgraded["upgraded"] == upgraded["fresh"]


def test_the_migrations_are_those_of_a_fresh_database(upgraded: dict[str, Any]) -> None:
    assert upgraded["migrations"] == upgraded["fresh_migrations"]


def test_rights_of_groups_stay(upgraded: dict[str, Any]) -> None:
    assert upgraded["content_types"] == [["imports", "sourcefile"], ["quality", "quarantined"]]
    assert upgraded["permissions"] == [["imports", "view_sourcefile"], ["quality", "view_quarantined"]]


def test_quarantined_rows_stay_with_the_name_of_their_file(upgraded: dict[str, Any]) -> None:
    file = ["file", "1", "jan.csv"]
    assert upgraded["kept"] == [["7", "open", *file], ["8", "open", *file], ["9", "set_aside", *file]]


def test_quarantined_rows_are_corrected_and_accepted(upgraded: dict[str, Any]) -> None:
    assert upgraded["numbers"] == ["SHOP-7", "SHOP-8"]
    assert upgraded["audit"] is True


def test_a_waiting_import_is_done_and_files_go_on_being_numbered(upgraded: dict[str, Any]) -> None:
    assert upgraded["job"] == ["done", 1]
    assert upgraded["files"] == [[1, "jan.csv", 3], [2, "queued.csv", 1]]
