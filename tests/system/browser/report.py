"""Keeps the measurements of the browser tests in `test-results/browser.json`."""

from __future__ import annotations

import json
from typing import Any

from runtime.environment import BASE_DIR


def report(name: str, **figures: Any) -> None:
    """Keep `figures` under `name`."""
    path = BASE_DIR / "test-results" / "browser.json"
    path.parent.mkdir(exist_ok=True)
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, name: figures}, indent=2, sort_keys=True))
