"""The fake shops of a schedule, in a process of their own: what happens in them, and what they sent and were answered.

The same seed makes the same orders. A shop's clock is virtual, so that a run of seconds covers minutes of the shop.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing.connection import Connection

from integrations.fakes import sending
from tests.system.chaos.core.cast import LIBC, PR_SET_PDEATHSIG
from tests.system.chaos.intake.plan import STEPS, IntakeSchedule
from tests.system.chaos.intake.record import ShopRecord
from tests.system.chaos.intake.shopify import WorkingShopify
from tests.system.chaos.intake.woo import WorkingWoo
from tests.system.chaos.intake.working import WorkingShop

SEND_SECONDS, PAUSE_SECONDS = 2.0, 0.15


def open_shop(name: str, platform: str) -> WorkingShop:
    """A fake shop of that name."""
    return WorkingShopify(domain_of(name)) if platform == "shopify" else WorkingWoo()


def domain_of(name: str) -> str:
    return f"{name.lower()}.myshopify.com"


class Shops:
    """The process of the shops of one schedule. `read` returns what it has reported: step after step, and `ShopRecord` last."""

    def __init__(self, schedule: IntakeSchedule, platforms: Mapping[str, str], ports: Sequence[int]) -> None:
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_play, args=(schedule, platforms, ports, theirs), daemon=True)
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


def _play(schedule: IntakeSchedule, platforms: Mapping[str, str], ports: Sequence[int], pipe: Connection) -> None:
    """Let things happen in all shops step by step, report what they contain, and answer requests until killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    sending.TIMEOUT_SECONDS = SEND_SECONDS
    chance = random.Random(f"{schedule.seed} pauses")
    shops = [open_shop(name, platform) for name, platform in platforms.items()]
    for number, shop in enumerate(shops):
        shop.begin(schedule, number)
    with ExitStack() as stack:
        for shop, port in zip(shops, ports, strict=True):
            stack.enter_context(shop.serve(port))
        threads = stack.enter_context(ThreadPoolExecutor(len(shops)))
        while not all(shop.is_ready() for shop in shops):
            time.sleep(0.01)
        for step in range(STEPS):
            pipe.send(step)
            # At the same time, so that a batch has webhooks of all.
            list(threads.map(WorkingShop.step, shops))
            time.sleep(chance.uniform(0, PAUSE_SECONDS))
        list(threads.map(WorkingShop.calm, shops))
        pipe.send([shop.record() for shop in shops])
        signal.pause()
