"""The companies that generated invoices name: `python -m invoices.generation.companies` prints them as JSON.

Faker fills the pools in a process of its own, because its providers would cost every worker 20 MB permanently, and it
makes ten thousand names per second where drawing from a pool makes millions.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache

POOL_SEED = 20251121
SELLER_COUNT = 300
BUYER_COUNT = 3000
FILL_SECONDS = 60


@lru_cache(maxsize=1)
def pools() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sellers and buyers; no company is both. The first call in a process takes about a second."""
    filled = subprocess.run(
        [sys.executable, "-m", __name__], stdout=subprocess.PIPE, timeout=FILL_SECONDS, check=True
    ).stdout
    companies = tuple(json.loads(filled))
    return companies[:SELLER_COUNT], companies[SELLER_COUNT:]


def fill() -> list[str]:
    """Different company names, always the same ones."""
    from faker import Faker

    faker = Faker("en_US", use_weighting=False)
    faker.seed_instance(POOL_SEED)
    names: dict[str, None] = {}
    while len(names) < SELLER_COUNT + BUYER_COUNT:
        names[faker.company()] = None
    return list(names)


if __name__ == "__main__":
    json.dump(fill(), sys.stdout)
