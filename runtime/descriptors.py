"""The file descriptors of this process: as many as the system allows, with a reserve that WebSockets cannot use.

Without the reserve, many WebSockets can use up all descriptors; then the process can neither answer HTTP nor open
files.
"""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

from runtime.conditions import clear_condition, raise_condition
from runtime.loops import process_name

CONDITION = "descriptors-low"
# Reserved for HTTP connections, the pool, Redis, logs and files; at most a quarter of all descriptors.
RESERVE = 256
COUNT_SECONDS = 0.5
# macOS rejects its own hard limit, which is "unlimited".
_TRIED = (65536, 10240)
_OPEN = Path("/proc/self/fd") if os.path.isdir("/proc/self/fd") else Path("/dev/fd")


def raise_limit() -> None:
    """Raise the soft limit of this process and its children to the hard limit, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard, *_TRIED):
        if soft != resource.RLIM_INFINITY and (wanted > soft or wanted == resource.RLIM_INFINITY):
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            except (ValueError, OSError):
                continue
            return


def limit() -> int:
    """How many descriptors this process may open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 2**31 if soft == resource.RLIM_INFINITY else soft


def used() -> int:
    """How many descriptors this process has open."""
    return len(os.listdir(_OPEN))


class Reserve:
    """Decides whether one more WebSocket may be opened. Counting is slow, so the count is refreshed only now and then."""

    def __init__(self) -> None:
        self.refused_count = 0
        self._counted_at = -1e9
        self._used = 0

    def admits(self) -> bool:
        """Whether a new WebSocket may stay; a WebSocket that may not is counted as refused."""
        if time.monotonic() - self._counted_at > COUNT_SECONDS:
            self.look()
        else:
            self._used += 1
        is_free = self._is_free()
        self.refused_count += not is_free
        return is_free

    def look(self) -> None:
        """Count the descriptors, and raise or clear the condition."""
        self._used, self._counted_at = used(), time.monotonic()
        if self._is_free():
            clear_condition(CONDITION, process_name())
            return
        sentence = (
            f"{process_name()} has {self._used} of {limit()} file descriptors open and refuses more WebSockets;"
            " raise its limit (ulimit -n) or start another web process."
        )
        raise_condition(CONDITION, process_name(), sentence)

    def _is_free(self) -> bool:
        most = limit()
        return self._used <= most - min(RESERVE, most // 4)


reserve = Reserve()
