"""`python -m tests.chaos`: N schedules from a seed on; SEED and N may also come from the environment."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.chaos import full, recovery, schedule
from tests.chaos.outcome import Outcome
from tests.chaos.planted import boot, bugs
from tests.chaos.product import Product
from tests.chaos.recovery import Recovery
from tests.stack import Stack

KINDS = ("lost", "doubled", "wrong")
RunOne = Callable[[int], Outcome]


def main() -> int:
    options = _options()
    asked_to_end: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked_to_end.append(number))
    what = "of the core set" if options.core else "over the full stack"
    print(f"{options.count} schedules {what} from SEED={options.seed}; getting ready", flush=True)
    recoveries: list[Recovery] = []
    found: Counter[str] = Counter()
    failed: list[int] = []
    done = 0
    with _core(options.bug) if options.core else _full(options.bug) as run_one:
        for seed in range(options.seed, options.seed + options.count):
            outcome = run_one(seed)
            done += 1
            recoveries += outcome.recoveries
            _tell(outcome, verbose=options.verbose)
            found.update(violation.kind for violation in outcome.violations)
            if outcome.violations:
                failed.append(seed)
                if not options.keep_going:
                    break
            if asked_to_end:
                break
    print(recovery.table(recoveries))
    if failed:
        set_ = "CORE=1 " if options.core else ""
        print(f"failed: {', '.join(map(str, failed))}; replay with `make chaos {set_}SEED={failed[0]} N=1`")
    print(f"{done} schedules, {', '.join(f'{found[kind]} {kind}' for kind in KINDS)}")
    return 1 if failed else 0


@contextmanager
def _full(bug: str | None) -> Iterator[RunOne]:
    """One running product for all schedules."""
    stack = Stack(env=boot.environment(bug) if bug else None)
    with stack, asyncio.Runner() as loop, full.opened(Product(stack), loop) as product:
        if bug:
            with product.connect() as connection:
                bugs.break_rules(bug, connection)
        yield lambda seed: loop.run(full.run(schedule.make(seed), product))


@contextmanager
def _core(bug: str | None) -> Iterator[RunOne]:
    """Django is set up in this process, and only here: the full stack's harness knows nothing of it."""
    from tests.chaos.core import plan, run

    with run.prepared(bug) as core:
        yield lambda seed: core.run(plan.make(seed))


def _tell(outcome: Outcome, *, verbose: bool) -> None:
    print(outcome.line(), flush=True)
    if outcome.violations or verbose:
        print(outcome.report(), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    environ = os.environ
    seed = int(environ.get("SEED") or random.SystemRandom().randrange(10**6) * 1000)
    parser.add_argument("--count", type=int, default=int(environ.get("N") or 20), help="how many schedules")
    parser.add_argument("--seed", type=int, default=seed, help="the first schedule's seed; each next one's is one more")
    parser.add_argument("--core", action="store_true", default=bool(environ.get("CORE")), help="the core set")
    parser.add_argument("--bug", choices=sorted(bugs.BUGS), help="plant this bug first; the runs must find it")
    parser.add_argument("--keep-going", action="store_true", help="do not stop at the first failure")
    parser.add_argument("--verbose", action="store_true", help="print the history of good schedules too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
