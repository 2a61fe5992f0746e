"""Files whose rows go into quarantine."""

from __future__ import annotations

from tests.imports.conftest import write

__all__ = ["write"]
