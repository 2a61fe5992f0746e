"""A disk that is full for a while: it is shown, imports are refused with the reason, and everything goes on after."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from tests.disk import fill
from tests.system.chaos.bounds.trial import Trial
from tests.waiting import HANG_SECONDS

IMPORT = "/api/imports?format=invoices-csv"
# It does not fit into what a page cache or a block may still hold.
UPLOAD = b"x" * 2_000_000
DIRECTORY = "data directory"


async def strike(trial: Trial) -> None:
    filler: Path = await asyncio.to_thread(fill, trial.stack.data_dir)
    try:
        await trial.until(lambda: trial.health.shows("disk-full", DIRECTORY), "disk-full is shown")
        await trial.until(lambda: _says_that_nothing_is_issued(trial), "it is shown that nothing is issued")
        await _refuses_clearly(trial)
        await asyncio.sleep(trial.sizes.full_seconds)
        trial.expect(await trial.health.shows("disk-full", DIRECTORY), "disk-full is not shown any more")
    finally:
        filler.unlink()
    await trial.recovers(trial.health.is_ready, "full disk: space is back, to ready")


async def _says_that_nothing_is_issued(trial: Trial) -> bool:
    """Either PostgreSQL refuses the invoices, or it has ended because its log has no space."""
    answer = await trial.health.ready()
    names = {each["name"] for each in answer.body.get("conditions", [])}
    return "run-stalled" in names or answer.body.get("services", {}).get("postgres") == "down"


async def _refuses_clearly(trial: Trial) -> None:
    async with httpx.AsyncClient(base_url=trial.stack.url, timeout=HANG_SECONDS, trust_env=False) as client:
        answer = await client.post(IMPORT, content=UPLOAD)
    is_clear = answer.status_code == 503 and answer.json().get("detail", "").startswith("The disk is full")
    trial.expect(is_clear, f"an import on a full disk was answered {answer.status_code}: {answer.text[:300]}")
