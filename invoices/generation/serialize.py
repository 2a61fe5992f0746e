"""How a run is written in JSON."""

from __future__ import annotations

from typing import Any

from invoices.generation import runs
from invoices.models import Run
from runtime.formats import iso, number


def present_run(run: Run) -> dict[str, Any]:
    """The API's run."""
    return {
        "id": run.pk,
        "state": str(run.state),
        "rate_per_second": number(run.rate_per_second),
        "duration_seconds": run.duration_seconds,
        "seed": run.seed,
        "target_count": run.target_count,
        "issued_count": runs.issued_count(run),
        "started_at": iso(run.started_at),
        "stopped_at": run.stopped_at and iso(run.stopped_at),
        "ends_at": iso(run.ends_at),
    }
