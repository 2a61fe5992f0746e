"""Publishes the figures that have a goal: `python -m bench.publish`.

The command gathers them from `bench/results/` into `docs/figures.json`, each with its command, time and load, and
writes the table of `docs/performance.md` from that file. Figures that were not measured again stay unchanged.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench import benchmarks
from bench.report import RESULTS, figure
from runtime.environment import BASE_DIR

FIGURES, PAGE = BASE_DIR / "docs" / "figures.json", BASE_DIR / "docs" / "performance.md"
BEGIN, END = "<!-- figures: python -m bench.publish -->", "<!-- end of figures -->"
# The fields of a figure that are published.
KEPT = ("name", "table", "unit", "median", "least", "aim", "upwards", "verdict")
HEAD = "| what | measured | at least | aim | command | load |\n| --- | --- | --- | --- | --- | --- |\n"


def main() -> None:
    """Update `docs/figures.json` from `bench/results/`, then the table of `docs/performance.md`."""
    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    for name in benchmarks.NAMES:
        if fresh := gather(RESULTS / f"{name}.json"):
            # All earlier figures of the benchmark go: a title contains measured counts, so a key may have changed.
            figures = {key: line for key, line in figures.items() if not key.startswith(f"{name}: ")} | fresh
    FIGURES.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    PAGE.write_text(with_table(PAGE.read_text(), figures))


def gather(path: Path) -> dict[str, Any]:
    """The figures with a goal in the results of one benchmark, by "benchmark: table: figure"; empty without results.

    The key has the title of the table because figures of several tables may have the same name.
    """
    if not path.exists():
        return {}
    result = json.loads(path.read_text())
    name, size = result["benchmark"], result["size"]
    run = {
        "command": f"ONLY={name} {f'SIZE={size} ' if size else ''}make bench",
        "load": round(max(result["load_before"][0], result["load_after"][0])),
        "at": result["at"],
    }
    lines = [line | {"table": table["title"]} for table in result["tables"] for line in table["figures"]]
    return {
        f"{name}: {line['table']}: {line['name']}": {key: line[key] for key in KEPT} | run
        for line in lines
        if "least" in line
    }


def with_table(text: str, figures: dict[str, Any]) -> str:
    """`text` with the table of `figures` between the two markers."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{HEAD}{''.join(map(_row, figures.values()))}{END}{after}"


def _row(line: dict[str, Any]) -> str:
    """The line of the table for one figure; a ratio (unit `x`) has no unit."""
    unit = "" if line["unit"] == "x" else f" {line['unit']}"
    least, aim = (figure(line[key]) + unit for key in ("least", "aim"))
    what, measured = f"{line['table']}: {line['name']}", _marked(figure(line["median"]) + unit, line["verdict"])
    return f"| {what} | {measured} | {least} | {aim} | `{line['command']}` | {line['load']} |\n"


def _marked(measured: str, verdict: str) -> str:
    """The measured figure as Markdown: bold when it reaches the aim, with a note when it misses the goal."""
    if verdict == "aim":
        return f"**{measured}**"
    return f"{measured} (missed)" if verdict == "missed" else measured


if __name__ == "__main__":
    main()
