"""Documents that are held in quarantine: they would change figures if they were right."""

from __future__ import annotations

from typing import Any

from runtime.prepared import fetch_all

_OPEN = "SELECT count(*) FROM quality_quarantined WHERE state = 'open'"


def read_held() -> dict[str, Any]:
    """How many rows wait for a person. Their amounts are not known: what is held could not be read as a document."""
    [(count,)] = fetch_all(_OPEN, ())
    return {"rows": count, "amount": []}
