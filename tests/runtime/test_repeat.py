"""Repeated turns: a turn that fails is logged once, and the next turn follows."""

from __future__ import annotations

import subprocess
import sys

from tests.waiting import HANG_SECONDS

# A process of its own, because the thread never ends.
CODE = """
import logging, threading
from runtime.loops import read_loops
from runtime.repeat import repeat
logging.basicConfig()
done, turns = threading.Event(), []
def turn():
    turns.append(1)
    if len(turns) in (1, 2, 4):
        raise ValueError("not now")
    if len(turns) == 5:
        done.set()
repeat("counting", turn, every_seconds=0.01, within_seconds=3600)
assert done.wait()
print(*(loop.name for loop in read_loops()))
"""


def test_turns_that_fail_are_logged_once_in_a_row_and_end_nothing() -> None:
    ran = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=HANG_SECONDS, check=True)
    assert ran.stdout.split() == ["counting"]
    assert ran.stderr.count("A turn of the loop counting failed; the loop continues") == 2
