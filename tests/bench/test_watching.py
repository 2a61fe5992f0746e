"""The figures of the benchmarks are calculated correctly from what the listeners received and read."""

from __future__ import annotations

import os
import time

import pytest

from bench import machine, mode
from bench.benchmarks.standard import first_dashboard, slope
from bench.client import Listener, ReceivedFrame, moment

NOON = "2026-11-21T12:00:00.000000Z"


class Deaf(Listener):
    """A listener that is given its frames."""

    def __init__(self, *received: ReceivedFrame) -> None:
        self.received = list(received)


def test_totals_are_late_by_the_time_since_as_of() -> None:
    frame = {"type": "stats", "stats": {"as_of": NOON}}
    assert Deaf(ReceivedFrame(moment(NOON) + 0.004, frame)).totals_delays() == {
        moment(NOON): pytest.approx(4, abs=0.01)
    }


def test_rows_are_late_by_the_time_since_they_were_shown() -> None:
    rows = [ReceivedFrame(100.25, {"type": "invoice", "seq": 7}), ReceivedFrame(100.5, {"type": "status"})]
    assert Deaf(*rows).row_delays({7: 100.0}) == {100.0: 250.0}


def test_a_grid_that_gains_drifts() -> None:
    assert slope([0.0, 0.001, 0.002, 0.003]) == pytest.approx(0.001)
    assert slope([0.5, 0.5, 0.5]) == 0
    assert slope([1.0]) == 0


def test_only_work_takes_processor_time() -> None:
    """The system counts a process that runs at its next tick."""
    before = machine.busy_seconds([os.getpid()])
    started = time.process_time()
    while (took := time.process_time() - started) < 0.1:
        pass
    assert 0.05 < machine.busy_seconds([os.getpid()]) - before < took + 0.9


def test_the_first_dashboard_costs_the_difference_in_seconds_a_minute() -> None:
    table = first_dashboard("idle", {"web": 1.0, "redis": 0.5}, {"web": 2.0, "redis": 0.75})
    assert {line.name: line.median for line in table.lines} == {"web: processor": 0.6, "redis: processor": 0.15}
    assert {line.name: line.median for line in table.figures} == {
        "web: processor": 0.6,
        "all processes: processor": 0.75,
    }


@pytest.mark.parametrize(("value", "name"), [("0", "closed"), ("1", "open"), (None, "open")])
def test_the_environment_says_the_mode(monkeypatch: pytest.MonkeyPatch, value: str | None, name: str) -> None:
    monkeypatch.delenv("INVOICEDASH_OPEN", raising=False)
    if value is not None:
        monkeypatch.setenv("INVOICEDASH_OPEN", value)
    assert mode.name() == name
    assert mode.environment() == {"INVOICEDASH_OPEN": "0" if name == "closed" else "1"}
    assert mode.note().lower().startswith(f"{name} mode")
