"""A crowd of valid viewers at a closed product: a viewer whose rights cannot be checked in time is asked to try again."""

from __future__ import annotations

import asyncio
from collections import Counter

from tests.system.chaos.bounds.trial import Trial
from tests.system.chaos.faults import interposed_postgres
from tests.system.ops.handshakes import TRY_AGAIN, crowd, outcome

REFUSED = 403


async def strike(trial: Trial) -> None:
    async with interposed_postgres(trial.product, late_seconds=0.3) as wire:
        wire.set("late")
        slow = await _crowd(trial)
    trial.history.note("crowd", "slow", outcomes=dict(slow))
    trial.expect(set(slow) <= {"hello", TRY_AGAIN}, f"valid viewers got {dict(slow)} from a slow PostgreSQL")
    await trial.recovers(lambda: _are_all_let_in(trial), "closed crowd: to everybody let in")
    stranger = await asyncio.to_thread(outcome, trial.stack.port, "not a token")
    trial.expect(stranger == REFUSED, f"a token that does not exist got {stranger}")


async def _crowd(trial: Trial) -> Counter[str | int]:
    return Counter(await asyncio.to_thread(crowd, trial.stack.port, trial.viewer, trial.sizes.viewers))


async def _are_all_let_in(trial: Trial) -> bool:
    outcomes = await _crowd(trial)
    trial.expect(set(outcomes) <= {"hello", TRY_AGAIN}, f"valid viewers got {dict(outcomes)}")
    return set(outcomes) == {"hello"}
