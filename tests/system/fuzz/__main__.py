"""`python -m tests.system.fuzz`: fuzzes a product of its own, in rounds; N and SEED may come from the environment."""

from __future__ import annotations

import argparse
import os
import random
import sys

from tests.stack import Stack
from tests.system.fuzz.session import fuzz


def main() -> int:
    options = _options()
    print(f"{options.count} requests and {options.count} frames from SEED={options.seed}", flush=True)
    with Stack() as stack:
        outcome = fuzz(stack, requests=options.count, frames=options.count, seed=options.seed, first=options.first)
    print(outcome.report())
    if outcome.findings:
        print(f"failed; the same again with `make fuzz SEED={options.seed} N={options.count}`")
    else:
        print(f"{outcome.requests} requests, {outcome.frames} frames, 0 findings")
    return 1 if outcome.findings else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.system.fuzz", description=__doc__)
    environ = os.environ
    parser.add_argument(
        "--count", type=int, default=int(environ.get("N") or 10_000), help="how many requests, and frames"
    )
    parser.add_argument("--seed", type=int, default=int(environ.get("SEED") or random.SystemRandom().randrange(10**6)))
    parser.add_argument("--first", type=int, default=0, help="the first request's number")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
