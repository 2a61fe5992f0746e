"""Keeps the measurements of the browser tests in `test-results/browser.json`."""

from __future__ import annotations

import fcntl
import json
from typing import Any

from runtime.environment import BASE_DIR


def report(name: str, **figures: Any) -> None:
    """Keep `figures` under `name`."""
    path = BASE_DIR / "test-results" / "browser.json"
    path.parent.mkdir(exist_ok=True)
    with path.open("a+") as file:
        # The workers of a test run share the file. It is unlocked when it is closed.
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = json.loads(file.read() or "{}")
        file.truncate(0)
        file.write(json.dumps({**known, name: figures}, indent=2, sort_keys=True))
