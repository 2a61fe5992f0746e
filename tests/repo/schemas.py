"""Checks a file against a published schema, as `make lint` does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def assert_valid(schema: str, name: str) -> None:
    """Fail with the checker's own words unless the file `name` of the repository is valid by `schema`."""
    checker = str(Path(sys.executable).parent / "check-jsonschema")
    command = [checker, "--builtin-schema", schema, str(ROOT / name)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
