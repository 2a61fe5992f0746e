"""What tests of paths have in common: a store with a shop, webhooks that are stored as the intake does, and kills."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from integrations.syncing import reconciling
from integrations.syncing.shop import Found, open_shop
from integrations.webhooks import writing
from integrations.webhooks.models import Delivery
from integrations.webhooks.types import Incoming, Refusal
from integrations.webhooks.working import work_next
from invoices.audit import audit
from invoices.models import VatGroup
from orders.models import Order, OrderDocument
from runtime.clock import ClockTimestamp
from stores.rows import rows_of_all_stores
from tests.integrations.payloads import CAPTURED, Document, Payloads

NEEDS_CAPTURED = pytest.mark.skipif(not CAPTURED, reason="SHOP_PAYLOADS names no folder of captured bodies")
SINCE = datetime(2026, 11, 29, tzinfo=UTC)
PATHS = ("webhook", "poll", "history")
# More statements than any turn has.
NEVER = 10_000
in_a_few_examples = settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


class Killed(BaseException):
    """The process ends here: nothing catches it, and PostgreSQL rolls its transaction back."""


@dataclass(frozen=True)
class Place(ABC):
    """A store that is connected with a shop, and what can happen to them."""

    payloads: Payloads[Any]
    store_id: int

    @abstractmethod
    def read(self, number: int) -> Incoming | Refusal:
        """The webhook of this number, as the intake reads it."""

    def webhook(self, number: int) -> None:
        """Store a webhook by the statements of the intake; one that is there already is a duplicate."""
        found = self.read(number)
        assert isinstance(found, Incoming)
        names = ("store_id", "platform", "topic", "subject", "digest", "event_id", "triggered_at", "size", "state")
        given: dict[str, Any] = {name: [getattr(found, name)] for name in names}
        with connection.cursor() as cursor:
            cursor.execute(writing._STORE, given | {"body": writing._seal_all([found])})
            if not cursor.fetchall():
                cursor.execute(writing._REPEATED, given | {"count": [1]})

    def work(self) -> None:
        """Apply all that is due."""
        while work_next(may_ask=False) or work_next(may_ask=True):
            continue

    def poll(self) -> None:
        reconciling.poll(self.store_id)

    def history(self) -> None:
        with open_shop(self.store_id) as shop:
            for _ in shop.read_history(SINCE, Found(), {}):
                continue

    def let_pauses_pass(self) -> None:
        """As if the claims of killed workers had ended."""
        past = ClockTimestamp() - timedelta(seconds=1)
        rows_of_all_stores(Delivery).filter(state="new").update(next_at=past, claimed_until=None)

    def documents(self) -> dict[str, list[Document]]:
        """The documents by order, each order's by external id."""
        groups: dict[int, list[tuple[str, str, str]]] = {}
        for row in VatGroup.objects.order_by("rate"):
            groups.setdefault(row.invoice_id, []).append((f"{row.rate.normalize():f}", str(row.net), str(row.vat)))
        found: dict[str, list[Document]] = {}
        for document in rows_of_all_stores(OrderDocument).order_by("external_id").select_related("order"):
            mine = (document.external_id, tuple(groups[document.invoice_id]))
            found.setdefault(document.order.external_id, []).append(mine)
        return found

    def outcomes(self) -> dict[str, str]:
        rows = rows_of_all_stores(Order).values_list("external_id", "invoice_state", "rule")
        return {name: f"{state}:{rule}".rstrip(":") for name, state, rule in rows}


@contextmanager
def undone() -> Iterator[None]:
    """What happens within is rolled back, so that the next example begins with an empty store."""
    block = transaction.atomic()
    # The audit accepts the transaction of a test around it.
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


def kill_before(turn: Callable[[], None], number: int) -> None:
    """Do `turn`; the process is killed before its statement of that number."""
    left = number

    def count(execute: Callable[..., Any], *statement: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed
        return execute(*statement)

    try:
        with connection.execute_wrapper(count):
            turn()
    except Killed:
        return


def check(place: Place) -> None:
    assert place.documents() == {name: sorted(found) for name, found in place.payloads.documents.items()}
    outcomes = place.outcomes()
    assert {name: outcomes.get(name) for name in place.payloads.outcomes} == place.payloads.outcomes
    assert not rows_of_all_stores(Delivery).filter(state="new").exists()
    report = audit()
    assert report["ok"], report


def check_path(place: Place, path: str) -> None:
    """The documents are right when all comes by `path`, also the second time."""
    for _ in range(2):
        if path == "webhook":
            for number in range(len(place.payloads.webhooks)):
                place.webhook(number)
            place.work()
        else:
            getattr(place, path)()
        check(place)


def check_mixture(place: Place, data: st.DataObject) -> None:
    """The documents are right after webhooks in any order and doubled, polls and histories, with kills in between."""
    numbers = range(len(place.payloads.webhooks))
    arrivals = data.draw(st.permutations([*numbers, *data.draw(st.lists(st.sampled_from(numbers), max_size=9))]))
    turns = st.tuples(
        st.sampled_from(["work", "work", "poll", "history"]), st.one_of(st.just(NEVER), st.integers(1, 300))
    )
    with undone():
        while arrivals:
            some = data.draw(st.integers(1, len(arrivals)))
            for number in arrivals[:some]:
                place.webhook(number)
            arrivals = arrivals[some:]
            name, killed_at = data.draw(turns)
            kill_before(getattr(place, name), killed_at)
            place.let_pauses_pass()
        place.work()
        check(place)
