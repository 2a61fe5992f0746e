"""The fake shops of a schedule, in a process of their own: what happens in them, and what they sent and were answered.

The same seed makes the same orders. A shop's clock is virtual, so that a run of seconds covers minutes of the shop.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from multiprocessing.connection import Connection
from typing import Any

from integrations.fakes import sending
from integrations.fakes.faults import Faults
from integrations.woocommerce.fake.customers import act
from integrations.woocommerce.fake.orders import FakeOrder
from integrations.woocommerce.fake.server import ShopServer
from integrations.woocommerce.fake.shop import FakeShop
from tests.system.chaos.core.cast import LIBC, PR_SET_PDEATHSIG
from tests.system.chaos.intake import cases
from tests.system.chaos.intake.plan import STEPS, IntakeSchedule

# One for each topic that the product subscribes to.
WEBHOOKS = 4
# Seconds of the shop between two steps: also none, because changes of one second are hard to distinguish.
MOVES = (0, 0, 1, 7, 40)
# How long before its commit an order may be dated: less than the overlap of two polls.
LATE_COMMIT_SECONDS = (20, 100)
LATE_COMMIT_SHARE, ANSWER_FAULT_SHARE, CASE_SHARE = 0.2, 0.1, 0.3
ANSWER_FAULTS = (429, 500, "half", "slow")
SLOW_SECONDS, SEND_SECONDS, PAUSE_SECONDS = 0.3, 2.0, 0.15


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A webhook that a shop sent, and the status that it was answered."""

    topic: str
    body: bytes
    status: int


@dataclass(frozen=True, kw_only=True)
class ShopRecord:
    """What a shop contains at the end: its orders and their refunds as JSON, how often each was edited; and all webhooks
    that it sent.
    """

    orders: list[dict[str, Any]]
    refunds: dict[str, list[dict[str, Any]]]
    edits: dict[str, int]
    posted: list[Posted]
    # What is to be invoiced for the orders that say so themselves.
    owed: dict[str, Decimal] = field(default_factory=dict)


def read_record(shop: FakeShop, posted: list[Posted]) -> ShopRecord:
    """The record of a shop that has `posted` these webhooks."""
    orders: dict[str, FakeOrder | cases.CaseOrder] = {str(order.id): order for order in shop.orders.values()}
    return ShopRecord(
        orders=[order.as_json() for order in orders.values()],
        refunds={name: [each.as_json() for each in order.refunds] for name, order in orders.items()},
        edits={name: order.edit_count for name, order in orders.items()},
        posted=posted,
        owed={name: order.owed for name, order in orders.items() if isinstance(order, cases.CaseOrder)},
    )


class Shops:
    """The process of the shops of one schedule. `read` returns what it has reported: step after step, and `ShopRecord` last."""

    def __init__(self, schedule: IntakeSchedule, ports: Sequence[int]) -> None:
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_play, args=(schedule, ports, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def read(self) -> int | list[ShopRecord] | None:
        """The next report, None while there is none; raises `EOFError` when the process has ended."""
        found: int | list[ShopRecord] | None = self._pipe.recv() if self._pipe.poll() else None
        return found

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


class _Clock:
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


class WorkingShop:
    """A fake shop in which something happens at each step. It may work for several schedules, one after another."""

    def __init__(self) -> None:
        self._chance = random.Random()
        self._clock = _Clock()
        self._posted: list[Posted] = []
        self.fake = FakeShop(clock=self._clock, send=self._send)

    def begin(self, schedule: IntakeSchedule, number: int) -> None:
        """Do what the schedule determines for the shop of this number."""
        self._chance = random.Random(f"{schedule.seed} shop {number}")
        faults = Faults(
            lost=schedule.lost, late=schedule.late, doubled=schedule.doubled, is_reordered=True,
            slow_seconds=SLOW_SECONDS, random=random.Random(f"{schedule.seed} webhooks {number}"),
        )  # fmt: skip
        vars(self.fake.faults).update(vars(faults))

    def is_ready(self) -> bool:
        """Whether the product has made its webhooks."""
        hooks = list(self.fake.hooks.all.values())
        return len(hooks) == WEBHOOKS and all(hook.status == "active" for hook in hooks)

    def step(self) -> None:
        """One thing happens, and what is due is sent."""
        if self._chance.random() < ANSWER_FAULT_SHARE:
            self.fake.faults.answers.append(self._chance.choice(ANSWER_FAULTS))
        if self._chance.random() < LATE_COMMIT_SHARE:
            self._commit_late()
        if self._chance.random() < CASE_SHARE:
            cases.place(self.fake, self._chance)
        act(self.fake, self._chance)
        self.fake.deliver()
        self._clock.now += timedelta(seconds=self._chance.choice(MOVES))

    def calm(self) -> None:
        """Send what is late. No webhook is lost from now on."""
        faults = self.fake.faults
        faults.lost = faults.late = faults.doubled = 0.0
        while self.fake.deliver():
            continue

    def record(self) -> ShopRecord:
        return read_record(self.fake, self._posted)

    def _commit_late(self) -> None:
        """An order becomes visible after newer ones, and no webhook of it arrives: only the next poll can find it."""
        lost, self.fake.faults.lost = self.fake.faults.lost, 1.0
        with self._clock.earlier(self._chance.randint(*LATE_COMMIT_SECONDS)):
            self.fake.place()
        self.fake.deliver()
        self.fake.faults.lost = lost

    def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        status = sending.send_by_http(url, headers, body)
        if topic := headers.get("X-WC-Webhook-Topic"):
            self._posted.append(Posted(topic=topic, body=body, status=status))
        return status


def _play(schedule: IntakeSchedule, ports: Sequence[int], pipe: Connection) -> None:
    """Let things happen in all shops step by step, report what they contain, and answer requests until killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    sending.TIMEOUT_SECONDS = SEND_SECONDS
    chance = random.Random(f"{schedule.seed} pauses")
    shops = [WorkingShop() for _ in ports]
    for number, shop in enumerate(shops):
        shop.begin(schedule, number)
    with ExitStack() as stack:
        for shop, port in zip(shops, ports, strict=True):
            stack.enter_context(ShopServer(shop.fake, port=port))
        threads = stack.enter_context(ThreadPoolExecutor(len(shops)))
        while not all(shop.is_ready() for shop in shops):
            time.sleep(0.01)
        for step in range(STEPS):
            pipe.send(step)
            # At the same time, so that a batch has webhooks of both.
            list(threads.map(WorkingShop.step, shops))
            time.sleep(chance.uniform(0, PAUSE_SECONDS))
        list(threads.map(WorkingShop.calm, shops))
        pipe.send([shop.record() for shop in shops])
        signal.pause()
