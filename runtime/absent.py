"""Imports a library without an optional dependency of it, as if that were not installed: what nobody uses takes no memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Within this block the import of each module in `names` fails, unless it is loaded already."""
    hidden = [name for name in names if name not in sys.modules]
    # Python's own sign for a module that is known to be missing.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
