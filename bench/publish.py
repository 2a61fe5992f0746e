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
HEAD = "| what | measured | at least | aim | command | load |\n| --- | --- | --- | --- | --- | --- |\n"


def main() -> None:
    """Gather and write."""
    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    for name in benchmarks.NAMES:
        if fresh := gather(RESULTS / f"{name}.json"):
            # Titles name what was counted, so the same figure may have had another title before.
            figures = {key: line for key, line in figures.items() if not key.startswith(f"{name}: ")} | fresh
    FIGURES.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    PAGE.write_text(with_table(PAGE.read_text(), figures))


def gather(path: Path) -> dict[str, Any]:
    """The figures with a goal of one benchmark, by benchmark and figure; none when it did not run."""
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
    # Figures of the same name are distinguished by their table.
    return {
        f"{name}: {line['table']}: {line['name']}": {key: line[key] for key in KEPT} | run
        for line in lines
        if "least" in line
    }


KEPT = ("name", "table", "unit", "median", "least", "aim", "upwards", "verdict")


def with_table(text: str, figures: dict[str, Any]) -> str:
    """`text` with the table of `figures` between the two markers."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{HEAD}{''.join(map(_row, figures.values()))}{END}{after}"


def _row(line: dict[str, Any]) -> str:
    unit = "" if line["unit"] == "x" else f" {line['unit']}"
    least, aim = (figure(line[key]) + unit for key in ("least", "aim"))
    verdict = {"aim": "**", "met": "", "missed": ""}[line["verdict"]]
    measured = f"{verdict}{figure(line['median'])}{unit}{verdict}" + (
        " (missed)" if line["verdict"] == "missed" else ""
    )
    return (
        f"| {line['table']}: {line['name']} | {measured} | {least} | {aim} | `{line['command']}` | {line['load']} |\n"
    )


if __name__ == "__main__":
    main()
