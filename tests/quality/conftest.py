"""Files whose rows go into quarantine."""

from __future__ import annotations

from tests.imports.conftest import one_snapshot, write

__all__ = ["one_snapshot", "write"]
