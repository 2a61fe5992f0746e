"""Imports a library without parts that the product does not use, to save memory: as if an optional dependency were not
installed, or with an empty module in place of a part that the library always imports.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# Celery uses them where they are installed; the product needs none of what they add, and they take almost 2 MB.
_OPTIONAL_IN_CELERY = ("cffi", "psutil", "yaml")
# Celery imports two exceptions of its command line, which take 1 MB.
_COMMAND_LINE = ("click", "click.exceptions")


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Within this block, the import of each module in `names` fails unless the module is already loaded."""
    # Python's marker for a module that is known to be missing.
    with replaced(dict.fromkeys(names)):
        yield


@contextmanager
def empty(*names: str) -> Iterator[None]:
    """Within this block, each module in `names` that is not loaded yet is empty; each name in it is an empty class.

    What a library imports from it in this block stays an empty class, so the library must not use it.
    """
    with replaced({name: _Empty(name) for name in names}):
        yield


@contextmanager
def lean_celery() -> Iterator[None]:
    """Within this block, import parts of Celery without what the product does not use."""
    with without(*_OPTIONAL_IN_CELERY), empty(*_COMMAND_LINE):
        yield


class _Empty(ModuleType):
    """A module in which each name is an exception class, because a library may raise, catch or subclass it."""

    def __getattr__(self, name: str) -> type[Exception]:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {"__module__": self.__name__})


@contextmanager
def replaced(modules: dict[str, Any]) -> Iterator[None]:
    """Within this block, `modules` has what is imported under its names, unless the real one is already loaded."""
    before = {name: sys.modules[name] for name in modules if name in sys.modules}
    new = {name for name in modules if name not in before or isinstance(before[name], _Empty)}
    sys.modules.update({name: modules[name] for name in new})
    try:
        yield
    finally:
        for name in new:
            del sys.modules[name]
        sys.modules.update({name: before[name] for name in new & before.keys()})
