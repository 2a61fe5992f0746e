"""How a run is written in JSON."""

from __future__ import annotations

from typing import Any

from invoices.models import Run
from runtime.formats import iso, number


def present_run(run: Run, issued_count: int) -> dict[str, Any]:
    """The API's run, with how many invoices it has issued."""
    return {
        "id": run.pk,
        "state": str(run.state),
        "rate_per_second": number(run.rate_per_second),
        "duration_seconds": run.duration_seconds,
        "seed": run.seed,
        "target_count": run.target_count,
        "issued_count": issued_count,
        "started_at": iso(run.started_at),
        "stopped_at": run.stopped_at and iso(run.stopped_at),
        "ends_at": iso(run.ends_at),
    }
