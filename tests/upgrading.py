"""Runs the module that upgrades a database of before, in a process of its own, and reads its report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.waiting import HANG_SECONDS


def report_of(module: str, database: str, **environment: str) -> dict[str, Any]:
    """The last line that the module prints, which is JSON."""
    variables = {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "invoicedash.settings", **environment}
    done = subprocess.run(
        [sys.executable, "-m", module], env=os.environ | variables, capture_output=True, text=True,
        timeout=HANG_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report
