"""Workbooks become text row by row; one that is broken, protected or a bomb is refused with a sentence."""

from __future__ import annotations

import zipfile
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest

from imports.reading import workbooks
from imports.reading.workbooks import Refused, text_of, write_table
from tests.imports.files import German, workbook


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (1001.0, "1001"),
        (0.1 + 0.2, "0.3"),
        (8.403361344537815, "8.403361"),
        (True, "true"),
        (datetime.fromisoformat("2026-03-01"), "2026-03-01"),
        (datetime.fromisoformat("2026-03-01 09:59:59.999997"), "2026-03-01 10:00:00"),
        (time(14, 30), "14:30:00"),
        ("Mug\nblue", "Mug blue"),
        (1e300, f"{10**300}"),
    ],
)
def test_a_cell_is_written_as_a_person_reads_it(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_a_row_of_the_sheet_is_a_line_of_the_same_number(tmp_path: Path) -> None:
    path, target = workbook(tmp_path / "a.xlsx", German.HEADER, German.ROWS, title="Title"), tmp_path / "a.csv"
    write_table(path, target)
    lines = target.read_text().split("\n")
    assert (lines[0], lines[1]) == ("Title,,,,,,", "")
    assert lines[3] == "2026-1,2026-03-01,Jörg Muster,Becher blau,2,4.15,0.19"


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ("MOST_PARTS", "more than 1 parts"),
        ("MOST_SHEET", "sheet1.xml in it has more than"),
        ("MOST_TEXT", "of text; split it"),
    ],
)
def test_a_workbook_beyond_a_bound_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, words: str
) -> None:
    monkeypatch.setattr(workbooks, bound, 1)
    path = workbook(tmp_path / "a.xlsx", German.HEADER, German.ROWS * 20)
    with pytest.raises(Refused, match=words):
        write_table(path, tmp_path / "a.csv")


def test_a_workbook_that_is_not_complete_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", German.HEADER, German.ROWS)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(Refused, match="not a complete Excel workbook"):
        write_table(path, tmp_path / "a.csv")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(Refused, match="not a complete Excel workbook"):
        write_table(path, tmp_path / "a.csv")


def test_a_workbook_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no sheet with a table"):
        write_table(workbook(tmp_path / "a.xlsx", ["only this"], []), tmp_path / "a.csv")
