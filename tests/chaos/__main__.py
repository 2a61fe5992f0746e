"""`python -m tests.chaos`: N schedules from a seed on; SEED and N may also come from the environment."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
from collections import Counter

from tests.chaos import full, recovery, schedule
from tests.chaos.full import Outcome
from tests.chaos.product import Product
from tests.chaos.recovery import Recovery
from tests.stack import Stack

KINDS = ("lost", "doubled", "wrong")


def main() -> int:
    options = _options()
    print(
        f"{options.count} schedules over the full stack from SEED={options.seed}; the product is starting", flush=True
    )
    recoveries: list[Recovery] = []
    found: Counter[str] = Counter()
    failed: list[int] = []
    stack = Stack()
    with stack, asyncio.Runner() as loop, full.opened(Product(stack), loop) as product:
        for seed in range(options.seed, options.seed + options.count):
            outcome = loop.run(full.run(schedule.make(seed), product))
            recoveries += outcome.recoveries
            _tell(outcome, verbose=options.verbose)
            found.update(violation.kind for violation in outcome.violations)
            if outcome.violations:
                failed.append(seed)
                if not options.keep_going:
                    break
    print(recovery.table(recoveries))
    done = seed - options.seed + 1
    print(f"{done} schedules, {', '.join(f'{found[kind]} {kind}' for kind in KINDS)}")
    if failed:
        print(
            f"failed: {', '.join(f'SEED={each}' for each in failed)}; replay one with `make chaos SEED={failed[0]} N=1`"
        )
    return 1 if failed else 0


def _tell(outcome: Outcome, *, verbose: bool) -> None:
    plan = outcome.schedule
    what = ", ".join(f"{fault.kind} {fault.target}".strip() for fault in plan.faults) or "no fault"
    verbs = " ".join(act.verb for act in plan.acts)
    verdict = "FAILED" if outcome.violations else "ok"
    print(f"seed {plan.seed}: {verdict} after {outcome.seconds:.1f} s ({verbs}; {what})", flush=True)
    if outcome.violations or verbose:
        print(outcome.report(), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    environ = os.environ
    seed = int(environ.get("SEED") or random.SystemRandom().randrange(10**6) * 1000)
    parser.add_argument("--count", type=int, default=int(environ.get("N") or 20), help="how many schedules")
    parser.add_argument("--seed", type=int, default=seed, help="the first schedule's seed; each next one's is one more")
    parser.add_argument("--keep-going", action="store_true", help="do not stop at the first failure")
    parser.add_argument("--verbose", action="store_true", help="print the history of good schedules too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
