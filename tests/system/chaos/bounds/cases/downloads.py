"""Downloads whose processes are killed: each is cut at once, and the web process goes on with all that it does."""

from __future__ import annotations

import asyncio
import os
import signal

from tests.system.chaos.bounds.cases.unread import KINDS, are_cut
from tests.system.chaos.bounds.trial import GivenUp, Trial
from tests.system.ops import downloads
from tests.system.ops.downloads import CUT


async def strike(trial: Trial) -> None:
    await asyncio.to_thread(downloads.fill, trial.stack)
    for _ in range(trial.sizes.exports):
        await asyncio.to_thread(_break_one, trial)
        await trial.recovers(lambda: _is_over(trial), "cut downloads: no process is left")
    # What looks at connections all the while still does so: clients that do not read are found.
    await are_cut(trial, KINDS)


def _break_one(trial: Trial) -> None:
    with downloads.begun(trial.stack.port, trial.stack.pid("web")) as (answer, child):
        os.kill(child, signal.SIGKILL)
        try:
            rest = answer.read()
        except TimeoutError as error:
            trial.wrong("a download whose process was killed neither ended nor was cut")
            raise GivenUp from error
        except CUT:
            return
        else:
            trial.wrong(f"a download whose process was killed looks whole, with {len(rest)} bytes more")


async def _is_over(trial: Trial) -> bool:
    """No process makes a file, and no ended process is shown as down."""
    status = await trial.product.call("GET", "/api/system/status")
    metrics = await trial.product.call("GET", "/metrics")
    names = {process["name"] for process in status.body.get("processes", [])}
    children = await asyncio.to_thread(downloads.children, trial.stack.pid("web"))
    is_read = status.status == metrics.status == 200
    return is_read and not children and "export" not in names and 'process="export"' not in metrics.text
