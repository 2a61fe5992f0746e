"""`python -m tests.chaos.planted`: plants every bug in turn and says after how many schedules it was found."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys

from tests.chaos.planted.bugs import BUGS

MOST_SCHEDULES = 200


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.planted", description=__doc__)
    parser.add_argument("bugs", nargs="*", default=sorted(BUGS), help="which ones; all")
    parser.add_argument("--full", action="store_true", help="over the full stack instead of the core set")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=MOST_SCHEDULES, help="how many schedules it has to be found in")
    options = parser.parse_args()
    missed = [bug for bug in options.bugs if not _is_found(bug, options)]
    print(f"{len(options.bugs) - len(missed)} of {len(options.bugs)} planted bugs were found")
    return 1 if missed else 0


def _is_found(bug: str, options: argparse.Namespace) -> bool:
    command = [sys.executable, "-m", "tests.chaos", "--bug", bug, "--seed", str(options.seed)]
    command += ["--count", str(options.count), *([] if options.full else ["--core"])]
    done = subprocess.run(command, capture_output=True, text=True)
    verdict = re.search(r"^(\d+) schedules, .*$", done.stdout, re.MULTILINE)
    signs = re.findall(r"^(?:LOST|DOUBLED|WRONG) .*$", done.stdout, re.MULTILINE)
    is_found = done.returncode == 1 and verdict is not None and bool(signs)
    what = f"found in schedule {verdict[1]}: {signs[0][:110]}" if is_found and verdict else "NOT FOUND"
    print(f"{bug:<30} {what}", flush=True)
    if not is_found and (done.returncode or not verdict):
        print(done.stdout[-1000:], done.stderr[-2000:], file=sys.stderr)
    return is_found


if __name__ == "__main__":
    sys.exit(main())
