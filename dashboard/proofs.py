"""What the audit reports of the event log (I16): how far each consumer is, and the events that it could not handle."""

from __future__ import annotations

from typing import Any

from events.lag import read_lag
from invoices.proofs import Proof


def prove() -> dict[str, Any]:
    """Each consumer, with the events that it has not handled yet and those that are dead."""
    lags = read_lag()
    return {
        "consumers": [{"name": lag.consumer, "behind": lag.waiting + lag.retried, "dead": lag.dead} for lag in lags]
    }


def _is_right(report: dict[str, Any]) -> bool:
    return not any(consumer["dead"] for consumer in report["consumers"])


def _say(report: dict[str, Any]) -> str:
    said = [f"{each['name']} {each['behind']} behind, {each['dead']} dead" for each in report["consumers"]]
    return ", ".join(said) or "no consumer"


EVENTS = Proof(name="events", prove=prove, is_right=_is_right, say=_say)
