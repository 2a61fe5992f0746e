"""The parts of a benchmark: sides that are measured in turn, tables of their figures, ratios between them.

Every round measures each side once, in an order that is reversed from round to round, and a ratio is taken within its
round: other load on the machine affects both sides. No figure is ever asserted.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Name = TypeVar("Name")
Measured = TypeVar("Measured")
Measure = Callable[[], float]


class CannotMeasure(RuntimeError):
    """The benchmark cannot run here; the text is one sentence with the reason."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The size of a run. `size` is the requested number of rows, None for the benchmark's default."""

    smoke: bool = False
    size: int | None = None

    def pick(self, usual: int, smoke: int) -> int:
        """`usual`, or `smoke` in a smoke run."""
        return smoke if self.smoke else usual

    def rows(self, usual: int, smoke: int) -> int:
        """The number of rows: `size`, or else the result of `pick`."""
        return self.size or self.pick(usual, smoke)


@dataclass(frozen=True, kw_only=True)
class Line:
    """The figures of one side, one per round."""

    name: str
    unit: str
    values: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        """Half the distance between the quartiles, as a share of the median."""
        if len(self.values) < 2 or not self.median:
            return 0.0
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return abs((high - low) / 2 / self.median)


@dataclass(frozen=True, kw_only=True)
class Goal:
    """The goal of a figure. `upwards` says that more is better."""

    least: float
    aim: float
    upwards: bool = True

    def verdict(self, figure: float) -> str:
        """`aim`, `met` or `missed`."""
        reaches = float.__ge__ if self.upwards else float.__le__
        if reaches(float(figure), float(self.aim)):
            return "aim"
        return "met" if reaches(float(figure), float(self.least)) else "missed"


@dataclass(frozen=True, kw_only=True)
class Figure(Line):
    """A main result of the benchmark: a ratio, or a figure with a goal of its own."""

    goal: Goal | None = None

    @property
    def verdict(self) -> str:
        return self.goal.verdict(self.median) if self.goal else ""


@dataclass(kw_only=True)
class Table:
    """A table of figures that were measured side by side."""

    title: str
    lines: list[Line] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, unit: str, *values: float) -> None:
        """A plain line."""
        self.lines.append(Line(name=name, unit=unit, values=values))

    def judge(self, name: str, unit: str, *values: float, goal: Goal | None = None) -> None:
        """A figure with its goal."""
        self.figures.append(Figure(name=name, unit=unit, values=values, goal=goal))


def measure_in_turn(sides: Mapping[Name, Callable[[], Measured]], rounds: int) -> dict[Name, list[Measured]]:
    """The measurements of each side, one per round."""
    values: dict[Name, list[Measured]] = {name: [] for name in sides}
    for number in range(rounds):
        names = list(sides)
        for name in reversed(names) if number % 2 else names:
            values[name].append(sides[name]())
    return values


def compare(title: str, unit: str, sides: Mapping[str, Measure], *, rounds: int) -> Table:
    """A table of all sides, measured in turn."""
    table = Table(title=title)
    for name, values in measure_in_turn(sides, rounds).items():
        table.add(name, unit, *values)
    return table


def compare_all(
    tables: Mapping[str, tuple[str, str]], sides: Mapping[str, Callable[[], Mapping[str, float]]], *, rounds: int
) -> list[Table]:
    """The same as `compare` for sides that measure several figures at once: a table for each key, as (title, unit)."""
    found = measure_in_turn(sides, rounds)
    made = []
    for key, (title, unit) in tables.items():
        made.append(Table(title=title))
        for name, values in found.items():
            made[-1].add(name, unit, *(value[key] for value in values))
    return made


def ratio(table: Table, name: str, *, of: str, to: str, goal: Goal | None = None) -> None:
    """Add the figures of line `of` divided by those of line `to`, round by round."""
    ours, theirs = (next(line.values for line in table.lines if line.name == wanted) for wanted in (of, to))
    table.judge(name, "x", *(a / b for a, b in zip(ours, theirs, strict=True)), goal=goal)


def seconds_of(call: Callable[[], object], times: int = 1) -> float:
    """The average duration of one of `times` calls."""
    started = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - started) / times


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of all lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
