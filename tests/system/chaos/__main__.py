"""`python -m tests.system.chaos`: runs N schedules of a set, from a seed on; SET, SEED and N may be set in the environment."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field

from tests.system.chaos import ledger, recovery
from tests.system.chaos.bounds.cases import CASES
from tests.system.chaos.outcome import Outcome
from tests.system.chaos.planted import bugs
from tests.system.chaos.recovery import Recovery
from tests.system.chaos.sets import SETS

KINDS = ("lost", "doubled", "wrong")
COUNT = 20


@dataclass
class Sum:
    """What all schedules came to."""

    schedules: int = 0
    steps: int = 0
    last_seed: int = 0
    broken_at: int | None = None
    found: Counter[str] = field(default_factory=Counter)
    failed: list[int] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.schedules += outcome.schedules
        self.steps += outcome.steps
        self.last_seed = outcome.seed
        self.recoveries += outcome.recoveries
        self.found.update(violation.kind for violation in outcome.violations)
        if outcome.violations:
            self.failed.append(outcome.seed)


def main() -> int:
    options = _options()
    print(f"{options.count} seeds of the {options.set} set from SEED={options.seed}; getting ready", flush=True)
    total = _run(options)
    print(recovery.table(total.recoveries))
    if total.steps:
        print(f"{total.steps:,} steps")
    if total.failed:
        seeds = ", ".join(map(str, total.failed))
        shrink = "SHRINK=1 " if options.set.endswith("model") else ""
        print(f"failed: {seeds}; replay with `{shrink}make chaos SET={options.set} SEED={total.failed[0]} N=1`")
    if total.broken_at:
        print(f"the harness broke in seed {total.broken_at}; see above")
    counts = {kind: total.found[kind] for kind in KINDS}
    if options.ledger and total.schedules:
        ledger.add(
            set=options.set, first=options.seed, last=total.last_seed, schedules=total.schedules, steps=total.steps,
            failed=total.failed, lost=counts["lost"], doubled=counts["doubled"], wrong=counts["wrong"],
        )  # fmt: skip
    print(f"{total.schedules} schedules, {', '.join(f'{count} {kind}' for kind, count in counts.items())}")
    return 1 if total.failed or total.broken_at else 0


def _run(options: argparse.Namespace) -> Sum:
    """Seed after seed, until one fails or a signal asks to end."""
    asked_to_end: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked_to_end.append(number))
    total = Sum()
    with SETS[options.set](options.bug) as run_one:
        for seed in range(options.seed, options.seed + options.count):
            try:
                outcome = run_one(seed)
            except Exception:
                # The harness itself is at a loss; what was done before still counts.
                traceback.print_exc()
                total.broken_at = seed
                break
            total.add(outcome)
            print(outcome.line(), flush=True)
            if outcome.violations or options.verbose:
                print(outcome.report(), flush=True)
            if asked_to_end or (outcome.violations and not options.keep_going):
                break
    return total


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.system.chaos", description=__doc__)
    environ = os.environ
    parser.add_argument("--set", choices=sorted(SETS), default=environ.get("SET") or "full", help="which schedules")
    parser.add_argument("--count", type=int, default=int(environ.get("N") or 0), help="how many seeds")
    parser.add_argument(
        "--seed", default=environ.get("SEED"), help="the first seed, each next one's is one more; `next`: the ledger's"
    )
    parser.add_argument("--ledger", action="store_true", default=bool(environ.get("LEDGER")), help="add to the ledger")
    parser.add_argument("--bug", choices=sorted(bugs.BUGS), help="plant this bug first; the runs must find it")
    parser.add_argument("--keep-going", action="store_true", help="do not stop at the first failure")
    parser.add_argument("--verbose", action="store_true", help="print the history of good schedules too")
    options = parser.parse_args()
    if options.seed == "next":
        options.seed = ledger.next_seed(options.set)
    # Every case of the bounds once; any schedules of the other sets.
    options.count = options.count or (len(CASES) if options.set == "bounds" else COUNT)
    first = 1 if options.set == "bounds" else random.SystemRandom().randrange(10**6) * 1000
    options.seed = int(options.seed or first)
    return options


if __name__ == "__main__":
    sys.exit(main())
