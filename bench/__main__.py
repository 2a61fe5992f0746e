"""`make bench`: runs the benchmarks one after the other, each in a process of its own.

ONLY=cache,issue make bench      only these
SIZE=10000000 ONLY=scale make bench
python -m bench --smoke          all of them small, for CI: that they run, not what they say
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from bench import benchmarks, machine


def main(arguments: list[str]) -> int:
    """Run what is asked for; returns 1 when a benchmark could not be run to its end."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="all of them small: that they run, not what they say")
    smoke = parser.parse_args(arguments).smoke
    asked_for = [name.strip() for name in os.environ.get("ONLY", "").split(",") if name.strip()]
    names = asked_for or [n for n in benchmarks.NAMES if not (smoke and n in benchmarks.LEFT_OUT_OF_SMOKE)]
    if unknown := sorted(set(names) - set(benchmarks.NAMES)):
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(benchmarks.NAMES)}")
    machine.step_back()
    command = [sys.executable, "-m", "bench.one", *(["--smoke"] if smoke else [])]
    failed = [name for name in names if subprocess.run([*command, name]).returncode]
    print(f"{len(names) - len(failed)} passed, {len(failed)} failed", *failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
