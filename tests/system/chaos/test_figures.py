"""The test suite runs a few schedules of the set `figures`; `make chaos SET=figures` runs any number of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.waiting import HANG_SECONDS


@pytest.mark.long
def test_no_figure_differs_after_sessions_were_ended_and_postgresql_was_stopped() -> None:
    # In a process of its own, which sets Django up on servers of its own.
    command = [
        sys.executable,
        "-m",
        "tests.system.chaos",
        "--set",
        "figures",
        "--count",
        "3",
        "--seed",
        "1",
        "--verbose",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert done.stdout.count(" ended ") > 10, "the premise: sessions were ended"
    assert "3 schedules, 0 lost, 0 doubled, 0 wrong" in done.stdout
