"""The ledger of seeds: which were run, when, on which commit, with which result, so that a later run can continue."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runtime.environment import BASE_DIR

PATH = Path(__file__).with_name("ledger.jsonl")
FIELDS = ("set", "first", "last", "schedules", "steps", "lost", "doubled", "wrong", "failed", "commit", "date")


def read(path: Path = PATH) -> list[dict[str, Any]]:
    """Every range of seeds, in the order in which they were run."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def next_seed(which: str, path: Path = PATH) -> int:
    """The first seed of a set that comes after all those that were run."""
    return max((entry["last"] for entry in read(path) if entry["set"] == which), default=0) + 1


def add(path: Path = PATH, **entry: Any) -> None:
    """Append a range of seeds with the commit and the day."""
    entry |= {"commit": _commit(), "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    with path.open("a") as file:
        file.write(json.dumps({name: entry[name] for name in FIELDS}) + "\n")


def summary(entries: Iterable[dict[str, Any]]) -> str:
    """Per set: schedules and steps so far, and what they found."""
    lines = [f"{'set':<12} {'schedules':>10} {'steps':>10} {'lost':>5} {'doubled':>8} {'wrong':>6}"]
    known = list(entries)
    for which in dict.fromkeys(entry["set"] for entry in known):
        mine = [entry for entry in known if entry["set"] == which]
        schedules, steps, lost, doubled, wrong = (
            sum(entry[name] for entry in mine) for name in ("schedules", "steps", "lost", "doubled", "wrong")
        )
        lines.append(f"{which:<12} {schedules:>10,} {steps:>10,} {lost:>5} {doubled:>8} {wrong:>6}")
    return "\n".join(lines)


def _commit() -> str:
    """The commit at hand, with a plus where files differ from it; a copy without git says it in a file COMMIT."""
    note = BASE_DIR / "COMMIT"
    if note.exists():
        return note.read_text().strip()
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--abbrev=7", "--exclude=*"],
        cwd=BASE_DIR, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    print(summary(read()))
