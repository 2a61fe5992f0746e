"""The processes of the product: heartbeats from PostgreSQL, pids and restarts from the local supervisor, if any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from local.control import read_state
from runtime import heartbeats
from runtime.formats import iso

NAMES = ("web", "worker", "jobs", "beat", "pacer", "loops", "flower")
STALE_SECONDS = 10.0


def read() -> list[dict[str, Any]]:
    """Each process of the Procfile and, under a local supervisor, the servers it runs."""
    return present_processes(heartbeats.read())


def present_processes(heartbeats: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same as `read`, from `heartbeats` that were read already."""
    beats = {beat["name"]: beat for beat in heartbeats}
    supervised = {process["name"]: process for process in (supervisor() or {}).get("processes", [])}
    others = [name for name in (*beats, *supervised) if name not in NAMES]
    return [_present(name, beats.get(name), supervised.get(name)) for name in dict.fromkeys((*NAMES, *others))]


def supervisor() -> dict[str, Any] | None:
    """The state of the local supervisor; None where none runs."""
    return read_state(settings.INVOICEDASH_DATA_DIR)


def _present(name: str, beat: dict[str, Any] | None, supervised: dict[str, Any] | None) -> dict[str, Any]:
    supervised_up = supervised is not None and supervised["state"] == "up"
    is_fresh = beat is not None and beat["age_seconds"] < STALE_SECONDS
    is_up = supervised_up and (is_fresh or beat is None) if supervised is not None else is_fresh
    return {
        "name": name,
        "state": "up" if is_up else "down",
        "pid": supervised["pid"] if supervised else None,
        "started_at": supervised["started_at"] if supervised else None,
        "restarts": supervised["restarts"] if supervised else None,
        "last_heartbeat_at": iso(beat["beat_at"]) if beat else None,
        "memory_bytes": beat["memory_bytes"] if beat else None,
    }
