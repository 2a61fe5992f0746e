"""Full garbage collections of the web process are rare and complete."""

from __future__ import annotations

import subprocess
import sys

# What lives long, then a great deal that comes and goes; how much each full collection looks at is written down.
CHURN = """
import gc, weakref
{set_aside}
class Node:
    pass
def ring():
    first, second = Node(), Node()
    first.other, second.other = second, first
    return first
old = [ring() for _ in range(200_000)]
gc.collect()
looked_at = []
def note(phase, info):
    if phase == "start" and info["generation"] == 2:
        looked_at.append(len(gc.get_objects()))
gc.callbacks.append(note)
for _ in range(40):
    fresh = [ring() for _ in range(5_000)]
    gc.collect()
usually = sorted(looked_at)[len(looked_at) // 2]
seen = [weakref.ref(each) for each in old]
del old, fresh
{closed}
for _ in range({rounds}):
    kept = [ring() for _ in range(5_000)]
    gc.collect()
print(usually, sum(each() is not None for each in seen))
"""
SET_ASIDE = "from runtime.gc import freeze_survivors; freeze_survivors()"


CLOSED = "from runtime.gc import websocket_closed; [websocket_closed() for _ in range(500)]"


def churn(set_aside: str, *, closed: str = "", rounds: int) -> tuple[int, int]:
    """How many objects a full collection usually looks at; how many of what was thrown away are still there after rounds."""
    code = CHURN.format(set_aside=set_aside, closed=closed, rounds=rounds)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    usually, left = ran.stdout.split()
    return int(usually), int(left)


def test_what_lives_long_is_not_looked_at_each_time_and_what_is_thrown_away_is_collected() -> None:
    (usual, usually_left), (ours, left) = churn("", rounds=1), churn(SET_ASIDE, rounds=60)
    assert ours < usual / 10
    assert left == usually_left == 0


def test_what_closed_websockets_left_is_collected_at_once() -> None:
    assert churn(SET_ASIDE, rounds=1)[1] == 200_000
    assert churn(SET_ASIDE, closed=CLOSED, rounds=1)[1] == 0


def test_the_web_process_sets_survivors_aside() -> None:
    """Both servers import the application, and nothing else of theirs is the same."""
    asked = "import gc, invoicedash.asgi; gc.collect(); print(gc.get_freeze_count())"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert int(ran.stdout) > 10_000
