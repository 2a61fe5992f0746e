"""`python -m tests.chaos.planted`: plants every bug in turn and says after how many schedules it was found."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys

from tests.chaos.planted.bugs import BUGS

MOST_SCHEDULES, SEQUENCES_PER_SEED = 200, 100


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.planted", description=__doc__)
    parser.add_argument("bugs", nargs="*", default=sorted(BUGS), help="which ones; all")
    parser.add_argument("--sets", nargs="+", default=["model", "core"], help="asked in this order until one finds it")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    missed = [bug for bug in options.bugs if not any(_is_found(bug, which, options.seed) for which in options.sets)]
    print(f"{len(options.bugs) - len(missed)} of {len(options.bugs)} planted bugs were found")
    return 1 if missed else 0


def _is_found(bug: str, which: str, seed: int) -> bool:
    count = MOST_SCHEDULES // SEQUENCES_PER_SEED if which == "model" else MOST_SCHEDULES
    command = [sys.executable, "-m", "tests.chaos", "--set", which, "--bug", bug, "--seed", str(seed)]
    done = subprocess.run([*command, "--count", str(count)], capture_output=True, text=True)
    verdict = re.search(r"^(\d+) schedules, .*$", done.stdout, re.MULTILINE)
    signs = re.findall(r"^(?:LOST|DOUBLED|WRONG) .*$", done.stdout, re.MULTILINE)
    is_found = done.returncode == 1 and verdict is not None and bool(signs)
    what = f"in schedule {verdict[1]}: {signs[0][:110]}" if is_found and verdict else "not found"
    print(f"{bug:<30} {which:<6} {what}", flush=True)
    if not verdict:
        print(done.stdout[-1000:], done.stderr[-2000:], file=sys.stderr)
    return is_found


if __name__ == "__main__":
    sys.exit(main())
