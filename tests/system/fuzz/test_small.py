"""A small fuzzing of a running product; `make fuzz` is the same in volume."""

from __future__ import annotations

import os

import pytest

from tests.stack import Stack
from tests.system.fuzz.session import fuzz
from tests.waiting import HANG_SECONDS

COUNT = int(os.environ.get("FUZZ_COUNT") or 700)
SEED = 20261127


@pytest.mark.long
def test_nothing_that_is_sent_makes_it_fail_hang_or_grow() -> None:
    # A product of its own: real invoices are among what is sent, and they stay.
    with Stack() as stack:
        outcome = fuzz(stack, requests=COUNT, frames=COUNT, seed=SEED, longest_seconds=HANG_SECONDS)
    print(outcome.report())
    assert outcome.findings == [], outcome.report()
    assert outcome.requests == COUNT
    assert outcome.frames >= COUNT
    # It did reach what it was sent to.
    assert {200, 201, 302, 400, 404, 405, 422} <= set(outcome.statuses)
    assert {4400, 4409} <= set(outcome.codes)
    assert outcome.silent[503] > 0
    assert outcome.unread > 0
