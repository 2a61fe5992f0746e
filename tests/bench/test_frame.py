"""The frame of the benchmarks: sides take turns, ratios are taken within a round, verdicts follow the figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import report
from bench.benchmarks import NAMES, load
from bench.frame import CannotMeasure, Figure, Goal, Line, Options, Table, compare, measure_in_turn, percentile, ratio
from bench.one import parse_size
from bench.report import encode, figure


def test_the_order_of_the_sides_turns_around_from_round_to_round() -> None:
    called: list[str] = []

    def side(name: str) -> float:
        called.append(name)
        return 1.0

    measure_in_turn({name: lambda name=name: side(name) for name in "abc"}, rounds=3)  # type: ignore[misc]
    assert "".join(called) == "abccbaabc"


def test_a_ratio_is_taken_within_its_round() -> None:
    """The machine is ten times slower in the second round: the ratio does not move."""
    ours, theirs = iter([2.0, 20.0, 4.0]), iter([1.0, 10.0, 2.0])
    table = compare("t", "ms", {"ours": lambda: next(ours), "theirs": lambda: next(theirs)}, rounds=2)
    ratio(table, "ours : theirs", of="ours", to="theirs")
    assert table.figures[0].values == (2.0, 2.0)


def test_the_spread_is_half_the_distance_of_the_quartiles() -> None:
    assert Line(name="a", unit="ms", values=[8, 9, 10, 11, 12]).spread == pytest.approx(0.1)
    assert Line(name="a", unit="ms", values=[8]).spread == 0


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.6, "aim"), (0.5, "aim"), (0.4, "met"), (0.3, "met"), (0.2, "missed")]
)
def test_more_is_better_upwards(value: float, verdict: str) -> None:
    assert Figure(name="a", unit="x", values=[value], goal=Goal(least=0.3, aim=0.5)).verdict == verdict


@pytest.mark.parametrize(("value", "verdict"), [(9, "aim"), (10, "aim"), (25, "met"), (26, "missed")])
def test_less_is_better_downwards(value: float, verdict: str) -> None:
    assert Goal(least=25, aim=10, upwards=False).verdict(value) == verdict


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([5, 1, 3, 2, 4], 0.5) == 3
    assert percentile([1, 2], 0.99) == 2


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.00123, "0.00123"), (1.234, "1.23"), (999.6, "1,000"), (123_456, "123,000")]
)
def test_figures_have_three_digits(value: float, text: str) -> None:
    assert figure(value) == text


def test_the_json_holds_every_round() -> None:
    table = Table(title="t")
    table.add("a", "ms", 1.0, 3.0)
    table.judge("b", "x", 2.0, goal=Goal(least=1, aim=3))
    encoded = encode(table)
    assert encoded["lines"][0]["values"] == [1.0, 3.0]
    assert encoded["figures"][0]["verdict"] == "met"


def test_a_size_is_a_number_of_rows() -> None:
    assert parse_size("10_000_000") == 10_000_000
    assert parse_size("") is None
    with pytest.raises(CannotMeasure, match="SIZE='many'"):
        parse_size("many")


def test_the_size_asked_for_wins() -> None:
    assert Options(size=7).rows(200, 10) == 7
    assert Options(smoke=True).rows(200, 10) == 10
    assert Options().rows(200, 10) == 200


def test_a_smoke_run_overwrites_no_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    for smoke in (False, True):
        report.write("cache", {"smoke": smoke}, [])
    assert json.loads((tmp_path / "cache.json").read_text())["smoke"] is False
    assert json.loads((tmp_path / "smoke" / "cache.json").read_text())["smoke"] is True


def test_every_benchmark_can_be_loaded() -> None:
    assert all(callable(load(name)) for name in NAMES)
