"""The documents show the apps and imports that the code has."""

from __future__ import annotations

from tests.repo.apps import DIAGRAM, END, MARK, TABLE, diagram, imports, table, with_part


def test_the_diagram_shows_the_imports_of_the_code() -> None:
    text = DIAGRAM.read_text()
    assert MARK in text
    assert END in text
    assert with_part(text, diagram()) == text


def test_the_table_shows_the_apps_of_the_code() -> None:
    text = TABLE.read_text()
    assert MARK in text
    assert END in text
    assert with_part(text, table()) == text


def test_an_import_that_does_not_exist_changes_the_diagram() -> None:
    """Otherwise the tests above could not fail."""
    assert "streaming" in imports()["invoices"]
    assert with_part(DIAGRAM.read_text(), diagram() + "\n    runtime --> dashboard") != DIAGRAM.read_text()
