"""The event of topic `run.ended`. Its fields are described in docs/events/run.ended.json."""

from __future__ import annotations

from events.log import append
from invoices.generation.serialize import present_run
from invoices.models import Run

TOPIC = "run.ended"


def append_run_ended(run: Run, issued_count: int) -> None:
    """Append it in the transaction that ends the run; the type is the run's last state."""
    described = present_run(run, issued_count)
    append(TOPIC, str(run.pk), str(run.state), {"run_id": described.pop("id"), **described})
