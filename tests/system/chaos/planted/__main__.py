"""`python -m tests.system.chaos.planted`: plants every bug in turn and prints after how many schedules it was found."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

from tests.system.chaos.planted import bounds, events, intake
from tests.system.chaos.planted.bugs import BUGS

MOST_SCHEDULES, SEQUENCES_PER_SEED = 200, 100


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.system.chaos.planted", description=__doc__)
    parser.add_argument("bugs", nargs="*", help="which ones; all that are for these sets")
    parser.add_argument("--sets", nargs="+", default=["model", "core"], help="asked in this order until one finds it")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sets = {which.removesuffix("-model") for which in options.sets}
    options.bugs = options.bugs or sorted(name for name in BUGS if _set_of(name) in sets)
    missed = list(options.bugs)
    for which in options.sets:
        look = _look_on_one_ground if which in ("core", "events", "intake") else _look_in_a_process
        missed = list(look(missed, which, options.seed))
    print(f"{len(options.bugs) - len(missed)} of {len(options.bugs)} planted bugs were found")
    return 1 if missed else 0


def _set_of(bug: str) -> str:
    """The set that is to find it: `core` stands for the model too."""
    sets = {"bounds": bounds.NAMES, "events": events.NAMES, "intake": intake.NAMES}
    return next((name for name, bugs in sets.items() if bug in bugs), "core")


def _look_on_one_ground(bugs: list[str], which: str, seed: int) -> Iterator[str]:
    """Those that are not found. One pair of servers for all of them."""
    run = import_module(f"tests.system.chaos.{which}.run")
    with run.prepared() as runs:
        for bug in bugs:
            found = runs.find(bug, range(seed, seed + MOST_SCHEDULES))
            _print_result(
                bug, which, found.seed - seed + 1 if found else None, str(found.violations[0]) if found else ""
            )
            if found is None:
                yield bug


def _look_in_a_process(bugs: list[str], which: str, seed: int) -> Iterator[str]:
    """The same, each in a process of its own."""
    count = MOST_SCHEDULES // SEQUENCES_PER_SEED if which.endswith("model") else MOST_SCHEDULES
    for bug in bugs:
        command = [sys.executable, "-m", "tests.system.chaos", "--set", which, "--bug", bug, "--seed", str(seed)]
        done = subprocess.run([*command, "--count", str(count)], capture_output=True, text=True)
        verdict = re.search(r"^(\d+) schedules, .*$", done.stdout, re.MULTILINE)
        signs = re.findall(r"^(?:LOST|DOUBLED|WRONG) .*$", done.stdout, re.MULTILINE)
        is_found = done.returncode == 1 and verdict is not None and bool(signs)
        _print_result(bug, which, int(verdict[1]) if is_found and verdict else None, signs[0] if signs else "")
        if not verdict:
            print(done.stdout[-1000:], done.stderr[-2000:], file=sys.stderr)
        if not is_found:
            yield bug


def _print_result(bug: str, which: str, number: int | None, sign: str) -> None:
    what = "not found" if number is None else f"in schedule {number}: {sign[:110]}"
    print(f"{bug:<30} {which:<6} {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
