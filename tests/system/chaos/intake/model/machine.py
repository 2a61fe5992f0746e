"""The rules: shops, webhooks, workers and polls at any time in any order; `settle` heals and compares everything."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from integrations.simulation.demonstration import SELLER
from integrations.syncing.errors import ShopError
from stores.queries import StoreFacts
from tests.system.chaos.history import Event, History
from tests.system.chaos.intake import checker
from tests.system.chaos.intake.model.actors import Client, Killed, poll, work_next
from tests.system.chaos.intake.model.database import Database
from tests.system.chaos.intake.model.kept import read_kept
from tests.system.chaos.intake.model.shop import ModelShop
from tests.system.chaos.model.machine import Wrong

START = datetime(2026, 11, 30, tzinfo=UTC)
STORES = [
    StoreFacts(
        id=number, slug=f"store-{number}", name=f"Store {number}", currency="EUR", timezone="Europe/Berlin",
        is_demo=False, seller=SELLER | {"name": f"Store {number} GmbH"},
    )
    for number in (1, 2)
]  # fmt: skip
# Longer than each claim and each pause of a delivery.
LONG = timedelta(days=1)
WHICH, SEEDS = st.integers(1, 2), st.integers(0, 2**32)
PAUSES = st.sampled_from([1, 1, 7, 40, 130, 400])
# Less than the overlap of two polls.
LATE = st.sampled_from([0, 0, 0, 20, 100])
SHARES = st.sampled_from([0.0, 0.0, 0.3, 1.0])
ANSWERS = st.sampled_from(["stored", "stored", "stored", "refused", "killed"])
MEANWHILE = st.sampled_from(["nothing", "change", "webhook", "webhook", "work", "poll"])
KILLED_AT = st.sampled_from(["", "", "", "claimed", "applied"])
# The request that gets no answer, and the write before which a process is killed; 0 for none.
FAULTS, KILLS = st.sampled_from([0, 0, 0, 0, 1, 2, 3]), st.sampled_from([0, 0, 0, 1, 2, 3, 4])


class Intake(RuleBasedStateMachine):
    """Two stores with a shop each, workers and a reconciler. A step is a rule, a request to a shop, or a write."""

    steps: ClassVar[int] = 0
    sequences: ClassVar[int] = 0

    @initialize()
    def open(self) -> None:
        Intake.sequences += 1
        self.database, self.history = Database(STORES, START), History()
        self.shops = {
            store.id: ModelShop(store.id, lambda: self.database.now, lambda found: self.database.store(found))
            for store in STORES
        }
        self._happens_meanwhile: Callable[[], None] | None = None

    @rule(seconds=PAUSES)
    def time_passes(self, seconds: int) -> None:
        self._note("time", seconds=seconds)
        self._pass(seconds)

    @rule(which=WHICH, seed=SEEDS, late_seconds=LATE)
    def a_shop_changes(self, which: int, seed: int, late_seconds: int) -> None:
        self._note("change", shop=which, late=late_seconds)
        self.shops[which].change(seed, late_seconds)

    @rule(which=WHICH, seed=SEEDS, answer=ANSWERS, lost=SHARES, late=SHARES, doubled=SHARES)
    def webhooks_are_sent(self, which: int, seed: int, answer: str, lost: float, late: float, doubled: float) -> None:
        self._note("webhooks", shop=which, answer=answer)
        self.shops[which].send(seed, answer, lost=lost, late=late, doubled=doubled)

    @rule(may_ask=st.booleans(), killed_at=KILLED_AT, meanwhile=MEANWHILE, seed=SEEDS, fault_at=FAULTS)
    def a_worker_works(self, may_ask: bool, killed_at: str, meanwhile: str, seed: int, fault_at: int) -> None:
        self._note("work", may_ask=may_ask, killed=killed_at, meanwhile=meanwhile)
        self._happens_meanwhile = self._meanwhile(meanwhile, seed)
        with suppress(Killed):
            work_next(self.database, partial(self._connect, fault_at=fault_at), may_ask=may_ask, killed_at=killed_at)

    @rule(which=WHICH, killed_at=KILLS, meanwhile=MEANWHILE, seed=SEEDS, fault_at=FAULTS)
    def a_shop_is_polled(self, which: int, killed_at: int, meanwhile: str, seed: int, fault_at: int) -> None:
        self._note("poll", shop=which, killed=killed_at, meanwhile=meanwhile, fault=fault_at)
        self._happens_meanwhile = self._meanwhile(meanwhile, seed)
        self._poll(which, killed_at=killed_at, fault_at=fault_at)

    @rule(
        which=WHICH, count=st.integers(3, 8), seconds=st.sampled_from([0, 1, 60, 150]), killed_at=KILLS, fault_at=FAULTS
    )
    def many_orders_are_polled(self, which: int, count: int, seconds: int, killed_at: int, fault_at: int) -> None:
        """More than a page of orders that no webhook has reported; one of them changes while they are read."""
        self._note("many", shop=which, count=count, seconds=seconds, killed=killed_at, fault=fault_at)
        shop = self.shops[which]
        shop.place_many(count, seconds, self._pass)
        shop.send(0, "refused", lost=1.0)
        self._happens_meanwhile = lambda: shop.change(count + seconds, 0)
        self._poll(which, killed_at=killed_at, fault_at=fault_at)

    @rule(which=WHICH, seed=SEEDS, is_poll=st.booleans())
    def two_changes_cross(self, which: int, seed: int, is_poll: bool) -> None:
        """An order is asked for, and changes again before the answer comes; a webhook of that change is faster."""
        self._note("cross", shop=which, is_poll=is_poll)
        shop = self.shops[which]
        shop.change(seed, 0)

        def change_again() -> None:
            shop.change_last(seed)
            shop.send(seed, "stored")
            for _ in range(3):
                self._work_both()

        self._happens_meanwhile = change_again
        if is_poll:
            self._poll(which)
        else:
            shop.send(seed, "stored")
            self._work_both()

    @rule()
    def settle(self) -> None:
        """Nothing breaks any more: what is due is sent and applied, and each shop is polled; then all is compared."""
        self._note("settle")
        self._happens_meanwhile = None
        for shop in self.shops.values():
            # Twice: what was late is due then.
            for _ in range(2):
                shop.send(0, "stored", lost=0.0, late=0.0, doubled=0.0)
        self._work_all()
        for which in self.shops:
            self._poll(which)
        self._work_all()
        found = [
            violation
            for store in STORES
            for shop in [self.shops[store.id]]
            for violation in checker.check(read_kept(self.database, store, shop.record()), shop.record())
        ]
        if found:
            raise Wrong(self.history, found)

    def teardown(self) -> None:
        if hasattr(self, "shops"):
            self.settle()
            Intake.steps += self.database.steps

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _pass(self, seconds: int) -> None:
        self.database.now += timedelta(seconds=seconds)

    def _work_all(self) -> None:
        self.database.now += LONG
        while any(work_next(self.database, self._connect, may_ask=may_ask) for may_ask in (False, True)):
            continue

    def _poll(self, which: int, *, killed_at: int = 0, fault_at: int = 0) -> None:
        with suppress(Killed, ShopError):
            poll(self.database, STORES[which - 1], partial(self._connect, fault_at=fault_at), killed_at)

    def _connect(self, store_id: int, *, fault_at: int = 0) -> Client:
        return Client(self.shops[store_id].fake, self._let_happen, fault_at=fault_at)

    def _let_happen(self) -> None:
        """Once, while the first answer is on its way; each request is a step."""
        Intake.steps += 1
        happens, self._happens_meanwhile = self._happens_meanwhile, None
        if happens is not None:
            happens()

    def _meanwhile(self, what: str, seed: int) -> Callable[[], None] | None:
        which = 1 + seed % 2
        return {
            "change": lambda: self.shops[which].change(seed, 0),
            "webhook": lambda: self._change_and_send(which, seed),
            "work": lambda: self._work_both(),
            "poll": lambda: self._poll(which),
        }.get(what)

    def _change_and_send(self, which: int, seed: int) -> None:
        self.shops[which].change(seed, 0)
        self.shops[which].send(seed, "stored")
        self._work_both()

    def _work_both(self) -> None:
        for may_ask in (False, True):
            work_next(self.database, self._connect, may_ask=may_ask)

    def _note(self, verb: str, **data: Any) -> None:
        Intake.steps += 1
        self.history.events.append(Event(wall=self.database.now.timestamp(), who="model", what=verb, data=data))
