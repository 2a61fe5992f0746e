"""A visitor who looks at health, pages and the API all through a trial: each answer is right, or gives its reason."""

from __future__ import annotations

import asyncio
from collections import Counter

from tests.system.chaos.bounds.trial import Trial
from tests.system.chaos.product import Answer

ALIVE, READY = "/healthz", "/readyz"
PATHS = (
    *(ALIVE, READY, "/api/stats?feed=demo", "/api/system/status?feed=demo", "/api/invoices?feed=demo&limit=5"),
    *("/?feed=demo", "/system/", "/metrics"),
)
PAUSE_SECONDS = 0.25
# The pages of a closed product send a caller without a session to the login.
FINE = (200, 302)
UNAVAILABLE = 503
PASSED = "did not answer in time"
# Each is refused at once, or ends after `product.ANSWER_SECONDS`, which a busy machine may exceed once.
MOST_SILENCES = 3


class Looks:
    """Asks one address after the other, and notes what is wrong in the trial."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._silences = 0
        self.statuses: Counter[int] = Counter()

    async def go_on(self) -> None:
        """Look until cancelled."""
        while True:
            for path in PATHS:
                self.judge(path, await self._trial.product.call("GET", path))
                await asyncio.sleep(PAUSE_SECONDS)

    def judge(self, path: str, answer: Answer) -> None:
        self.statuses[answer.status or 0] += 1
        if path == ALIVE:
            self._judge_alive(answer)
        elif answer.status == UNAVAILABLE:
            self._judge_refusal(path, answer)
        elif answer.status not in (*FINE, None):
            self._trial.wrong(f"{path} was answered {answer.status}")
        if answer.status not in FINE:
            self._trial.history.note("visitor", "probe", path=path, status=answer.status, seconds=_seconds(answer))

    def _judge_alive(self, answer: Answer) -> None:
        """The process answers whatever the servers behind it do."""
        self._silences = self._silences + 1 if answer.status is None else 0
        if self._silences >= MOST_SILENCES:
            self._trial.wrong(f"{ALIVE} had no answer {MOST_SILENCES} times in succession")
        elif answer.status not in (200, None):
            self._trial.wrong(f"{ALIVE} was answered {answer.status}")

    def _judge_refusal(self, path: str, answer: Answer) -> None:
        is_down = "down" in answer.body.get("services", {}).values()
        # On a busy machine the probe itself may pass the answer limit, and then says so.
        if path == READY and not is_down and PASSED not in answer.body.get("detail", ""):
            self._trial.wrong(f"{READY} was answered 503 with every service up: {answer.body}")
        if path.startswith("/api/") and not (answer.body.get("detail") and "conditions" in answer.body):
            self._trial.wrong(f"{path} was answered 503 without a reason and conditions: {answer.body}")


def _seconds(answer: Answer) -> float:
    return answer.ended - answer.began
