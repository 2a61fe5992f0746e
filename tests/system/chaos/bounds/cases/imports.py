"""A file full of broken rows beside a good import: the one is refused as a whole, the other is done meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.system.chaos.bounds.trial import Trial
from tests.system.ops.uploads import BROKEN, ENDED, read, upload

GOOD_ROWS = 3
QUARANTINE = 10_000


async def strike(trial: Trial) -> None:
    broken = await asyncio.to_thread(upload, trial.stack, f"BROKEN{trial.seed}", trial.sizes.broken_rows, BROKEN)
    good = await asyncio.to_thread(upload, trial.stack, f"GOOD{trial.seed}", GOOD_ROWS)
    done = await _end(trial, good, "broken import: to the end of a good one beside it")
    trial.expect(done.get("state") == "done", f"the good import ended: {done}")
    trial.expect(done.get("report", {}).get("documents") == GOOD_ROWS, f"the good import has {done.get('report')}")
    refused = await _end(trial, broken, "broken import: to its end")
    trial.expect(refused.get("state") == "failed", f"the broken import ended: {refused}")
    count = sum(refused.get("report", {}).get("quarantined", {}).values())
    trial.expect(count == QUARANTINE, f"{count} rows of the broken import are in quarantine, not {QUARANTINE}")


async def _end(trial: Trial, import_id: int, what: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def has_ended() -> bool:
        found.update(await asyncio.to_thread(read, trial.stack, import_id))
        return found.get("state") in ENDED

    await trial.recovers(has_ended, what)
    return found
