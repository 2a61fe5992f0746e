"""`make bench`: runs the benchmarks one after the other, each in a separate process.

ONLY=cache,issue make bench      only these
SIZE=10000000 ONLY=scale make bench
python -m bench --smoke          all of them small, for CI: checks that they run
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from bench import benchmarks, machine


def main(arguments: list[str]) -> int:
    """Run the requested benchmarks; returns 1 when a benchmark did not finish."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="all of them small: checks that they run")
    smoke = parser.parse_args(arguments).smoke
    asked_for = [name.strip() for name in os.environ.get("ONLY", "").split(",") if name.strip()]
    names = asked_for or [n for n in benchmarks.NAMES if not (smoke and n in benchmarks.LEFT_OUT_OF_SMOKE)]
    if unknown := sorted(set(names) - set(benchmarks.NAMES)):
        parser.error(f"{', '.join(unknown)} is not a benchmark: use {', '.join(benchmarks.NAMES)}")
    machine.lower_priority()
    command = [sys.executable, "-m", "bench.one", *(["--smoke"] if smoke else [])]
    failed = [name for name in names if subprocess.run([*command, name]).returncode]
    print(f"{len(names) - len(failed)} passed, {len(failed)} failed", *failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
