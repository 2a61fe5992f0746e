"""The ledger of seeds keeps what was run."""

from __future__ import annotations

from pathlib import Path

from tests.system.chaos import ledger
from tests.system.chaos.sets import SETS

ENTRY = {"schedules": 20, "steps": 0, "lost": 0, "doubled": 0, "wrong": 1, "failed": [7]}


def test_the_next_run_begins_after_the_last_seed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    assert ledger.next_seed("core", path) == 1
    ledger.add(path, set="core", first=1, last=20, **ENTRY)
    ledger.add(path, set="full", first=1, last=3, **ENTRY)
    assert ledger.next_seed("core", path) == 21
    assert ledger.next_seed("full", path) == 4


def test_the_sum_counts_every_set_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    for first in (1, 21):
        ledger.add(path, set="core", first=first, last=first + 19, **ENTRY)
    assert ledger.summary(ledger.read(path)).splitlines()[1].split() == ["core", "40", "0", "0", "0", "2"]


def test_the_ledger_is_whole() -> None:
    for entry in ledger.read():
        assert set(entry) == set(ledger.FIELDS)
        assert entry["set"] in SETS
        assert 0 < entry["first"] <= entry["last"]
