"""The table of docs/performance.md shows the committed figures, which `make bench` has measured."""

from __future__ import annotations

import json
from pathlib import Path

from bench import report
from bench.frame import Goal, Table
from bench.publish import FIGURES, PAGE, gather, with_table


def test_the_page_says_what_was_measured() -> None:
    figures = json.loads(FIGURES.read_text())
    text = PAGE.read_text()
    assert figures
    assert with_table(text, figures) == text
    for line in figures.values():
        assert line["name"] in text


def test_another_figure_makes_another_table() -> None:
    """Or the test above could not fail."""
    figures = json.loads(FIGURES.read_text())
    first = next(iter(figures.values()))
    first["median"] *= 2
    assert with_table(PAGE.read_text(), figures) != PAGE.read_text()


def test_figures_are_gathered_from_a_result(tmp_path: Path) -> None:
    table = Table(title="A table")
    table.judge("a ratio", "x", 0.2, 0.25, 0.3, goal=Goal(least=0.3, aim=0.5))
    table.judge("without a goal", "x", 1.0)
    content = {"at": "2026-11-27T21:00:00+00:00", "size": 10, "load_before": [1.2], "load_after": [3.6]}
    path = tmp_path / "issue.json"
    tables = [report.encode(table)]
    path.write_text(json.dumps({"benchmark": "issue", **content, "tables": tables}))
    (found,) = gather(path).values()
    assert (found["median"], found["verdict"], found["load"]) == (0.25, "missed", 4)
    assert found["command"] == "ONLY=issue SIZE=10 make bench"
    assert gather(tmp_path / "nothing.json") == {}
