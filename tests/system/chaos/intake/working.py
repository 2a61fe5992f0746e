"""A fake shop in which something happens at each step, whatever its platform."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.fakes import sending
from integrations.fakes.faults import Faults
from tests.system.chaos.intake.plan import IntakeSchedule
from tests.system.chaos.intake.record import Posted, ShopRecord

# Seconds of the shop between two steps: also none, because changes of one second are hard to distinguish.
MOVES = (0, 0, 1, 7, 40)
# How long before its commit an order may be dated: less than the overlap of two polls.
LATE_COMMIT_SECONDS = (20, 100)
LATE_COMMIT_SHARE, ANSWER_FAULT_SHARE, CASE_SHARE = 0.2, 0.1, 0.3
SLOW_SECONDS = 0.3


class VirtualClock:
    """A shop's clock, which stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    @contextmanager
    def earlier(self, seconds: int) -> Iterator[None]:
        """Be that many seconds earlier."""
        self.now -= timedelta(seconds=seconds)
        yield
        self.now += timedelta(seconds=seconds)


class WorkingShop(ABC):
    """It may work for several schedules, one after another. `fake` is the shop itself."""

    fake: Any
    answer_faults: tuple[int | str, ...] = (429, 500, "half", "slow")

    def __init__(self) -> None:
        self._chance = random.Random()
        self._clock = VirtualClock()
        self._posted: list[Posted] = []

    @abstractmethod
    def serve(self, port: int = 0) -> AbstractContextManager[Any]:
        """Within, the shop answers requests."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether the product has made its webhooks."""

    @abstractmethod
    def act(self) -> None:
        """One thing happens."""

    @abstractmethod
    def place_case(self) -> None:
        """An order of a body that real shops have sent, and its two webhooks."""

    @abstractmethod
    def record(self) -> ShopRecord:
        """What the shop contains now."""

    @abstractmethod
    def sent(self, headers: Mapping[str, str]) -> dict[str, str] | None:
        """Topic and event of a webhook; None for any other request."""

    def begin(self, schedule: IntakeSchedule, number: int) -> None:
        """Do what the schedule determines for the shop of this number."""
        self._chance = random.Random(f"{schedule.seed} shop {number}")
        faults = Faults(
            lost=schedule.lost, late=schedule.late, doubled=schedule.doubled, is_reordered=True,
            slow_seconds=SLOW_SECONDS, random=random.Random(f"{schedule.seed} webhooks {number}"),
        )  # fmt: skip
        vars(self.fake.faults).update(vars(faults))

    def step(self) -> None:
        """One thing happens, and what is due is sent."""
        if self._chance.random() < ANSWER_FAULT_SHARE:
            self.fake.faults.answers.append(self._chance.choice(self.answer_faults))
        if self._chance.random() < LATE_COMMIT_SHARE:
            self._commit_late()
        if self._chance.random() < CASE_SHARE:
            self.place_case()
        self.act()
        self.fake.deliver()
        self._clock.now += timedelta(seconds=self._chance.choice(MOVES))

    def calm(self) -> None:
        """Send what is late. No webhook is lost from now on."""
        faults = self.fake.faults
        faults.lost = faults.late = faults.doubled = 0.0
        while self.fake.deliver():
            continue

    def _commit_late(self) -> None:
        """An order becomes visible after newer ones, and no webhook of it arrives: only the next poll can find it."""
        lost, self.fake.faults.lost = self.fake.faults.lost, 1.0
        with self._clock.earlier(self._chance.randint(*LATE_COMMIT_SECONDS)):
            self.fake.place()
        self.fake.deliver()
        self.fake.faults.lost = lost

    def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        status = sending.send_by_http(url, headers, body)
        if named := self.sent(headers):
            self._posted.append(Posted(**named, body=body, status=status))
        return status
