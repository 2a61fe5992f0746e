"""Documents that are held in quarantine: they would change figures if they were right."""

from __future__ import annotations

from typing import Any

from quality.models import Quarantined


def read_held() -> dict[str, Any]:
    """How many rows wait for a person. Their amounts are not known: what is held could not be read as a document."""
    return {"rows": Quarantined.objects.filter(state=Quarantined.State.OPEN).count(), "amount": []}
