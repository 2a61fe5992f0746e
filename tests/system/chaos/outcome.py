"""The outcome of a schedule."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.system.chaos.checker import Violation
from tests.system.chaos.history import History
from tests.system.chaos.recovery import Recovery


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`plan` is the schedule as text, `title` the same in a line; of the model, a seed makes many schedules.

    `log` is what the product's processes said meanwhile.
    """

    seed: int
    title: str
    plan: str
    history: History
    violations: list[Violation]
    seconds: float
    recoveries: list[Recovery] = field(default_factory=list)
    schedules: int = 1
    steps: int = 0
    log: str = ""

    def line(self) -> str:
        verdict = "FAILED" if self.violations else "ok"
        return f"seed {self.seed}: {verdict} after {self.seconds:.1f} s ({self.title})"

    def report(self) -> str:
        """All that is needed to understand a failure."""
        said = ["", "The processes said:", self.log] if self.log else []
        return "\n".join([self.plan, "", self.history.render(), "", *map(str, self.violations), *said])
