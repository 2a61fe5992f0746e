"""Tables on the terminal and as JSON under `bench/results/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Grid

from bench.frame import Figure, Line, Table

RESULTS = Path(__file__).parent / "results"
COLOURS = {"aim": "green", "met": "cyan", "missed": "red", "": "default"}


def show(table: Table, console: Console) -> None:
    """Print one table."""
    grid = Grid(title=table.title, title_justify="left", title_style="bold")
    grid.add_column("", max_width=70)
    for name in ("median", "", "spread", "least", "aim", ""):
        grid.add_column(name, justify="right")
    for line in table.lines:
        grid.add_row(line.name, figure(line.median), line.unit, spread(line), "", "", "")
    grid.add_section()
    for line in table.figures:
        grid.add_row(*_cells(line), style=COLOURS[line.verdict])
    console.print(grid)
    for note in table.notes:
        console.print(f"  {note}", highlight=False)
    console.print()


def write(name: str, content: dict[str, Any], tables: list[Table]) -> Path:
    """Write the benchmark's tables with the data of the run; returns the path. A smoke run overwrites no figures."""
    directory = RESULTS / "smoke" if content["smoke"] else RESULTS
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}.json"
    content = {"benchmark": name, **content, "tables": [encode(table) for table in tables]}
    path.write_text(json.dumps(content, indent=1) + "\n")
    return path


def encode(table: Table) -> dict[str, Any]:
    """A table as JSON."""
    return {
        "title": table.title,
        "lines": [_line(line) for line in table.lines],
        "figures": [_line(line) | _goal(line) for line in table.figures],
        "notes": table.notes,
    }


def figure(value: float) -> str:
    """A number with three significant digits: `0.00123`, `1.23`, `123`, `123,000`."""
    if value == 0:
        return "0"
    if abs(value) >= 999.5:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}"


def spread(line: Line) -> str:
    """The spread as `±12%`; empty after a single round."""
    return f"±{line.spread:.0%}" if len(line.values) > 1 else ""


def _cells(line: Figure) -> list[str]:
    goal = [figure(line.goal.least), figure(line.goal.aim)] if line.goal else ["", ""]
    return [line.name, figure(line.median), line.unit, spread(line), *goal, line.verdict]


def _line(line: Line) -> dict[str, Any]:
    values = [float(f"{value:.6g}") for value in line.values]
    return {"name": line.name, "unit": line.unit, "median": line.median, "spread": line.spread, "values": values}


def _goal(line: Figure) -> dict[str, Any]:
    if line.goal is None:
        return {}
    return {"least": line.goal.least, "aim": line.goal.aim, "upwards": line.goal.upwards, "verdict": line.verdict}
