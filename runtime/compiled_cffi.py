"""A stand-in for `cffi` for libraries whose C code is already compiled.

Such a library declares its C functions again at each import. Parsing the declarations takes a parser of 1 MB, and the
result is only for a compiler.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import _cffi_backend  # type: ignore[import-untyped]


class _CompiledFFI(_cffi_backend.FFI):  # type: ignore[misc]
    def cdef(self, *_: Any, **__: Any) -> None:
        """Ignore a declaration."""

    def set_source(self, *_: Any, **__: Any) -> None:
        """Ignore C code."""


def compiled_cffi() -> ModuleType:
    """A module `cffi` that cannot compile."""
    module = ModuleType("cffi")
    module.__dict__.update(FFI=_CompiledFFI, __version__=_cffi_backend.__version__)
    return module
