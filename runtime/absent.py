"""Imports a library as if one of its optional dependencies were not installed, to save memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Celery uses them where they are installed; the product needs none of what they add, and they take almost 2 MB.
UNUSED_BY_CELERY = ("cffi", "psutil", "yaml")


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Within this block, the import of each module in `names` fails unless the module is already loaded."""
    hidden = [name for name in names if name not in sys.modules]
    # Python's marker for a module that is known to be missing.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
