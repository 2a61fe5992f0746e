"""Plants a bug in the processes of a running product: Python runs the `sitecustomize` of its path."""

from __future__ import annotations

from pathlib import Path

VARIABLE = "CHAOS_BUG"


def environment(bug: str) -> dict[str, str]:
    """What the product must see, for each of its processes to plant `bug` once Django is set up."""
    return {VARIABLE: bug, "PYTHONPATH": str(Path(__file__).parent)}
