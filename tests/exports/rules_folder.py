"""Where the official rules and samples of e-invoices are: E_INVOICE_RULES names their folder, or it is in a shared one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_PLACES = [
    Path(os.environ.get("E_INVOICE_RULES", "")),
    *(up / "shared/data/e-invoice-rules" for up in Path(__file__).parents),
]
FOLDER = next((place for place in _PLACES if (place / "en16931").is_dir()), None)
MISSING = "the release files of the e-invoice rules are not here; E_INVOICE_RULES names their folder"
needs_rules = pytest.mark.skipif(FOLDER is None, reason=MISSING)


def folder() -> Path:
    """The folder, in tests that need it."""
    assert FOLDER is not None, MISSING
    return FOLDER


def samples(pattern: str = "*/examples/**/*.xml") -> list[Path]:
    """The official samples; none where the folder is missing."""
    return sorted(FOLDER.glob(pattern)) if FOLDER else []
