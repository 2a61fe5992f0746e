"""A worker and the reconciler of the model, with the product's own handling and polling on the rows of the model."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from unittest.mock import patch

from integrations.syncing import applying, reconciling, sync, taking
from integrations.syncing.errors import NotThere, ShopBusy
from integrations.syncing.shop import Found
from integrations.webhooks import claims
from integrations.webhooks.types import AskShop, Incoming, NotNow, Received
from integrations.woocommerce import connections, handling, paging
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.fake import rest
from integrations.woocommerce.fake.shop import FakeShop
from integrations.woocommerce.shop import WooShop
from orders import queries, recording
from orders.snapshot import OrderSnapshot
from stores.queries import StoreFacts
from tests.system.chaos.intake.model.database import Database, DeliveryRow

PER_PAGE = 3
CLOSING = ("done", "set_aside")
# Without the transaction of PostgreSQL around it.
_TAKE_TOGETHER = taking._take_together.__wrapped__  # type: ignore[attr-defined]


class Killed(BaseException):
    """The process ends here; nothing in the product catches it."""


class Client:
    """Asks a fake shop. `meanwhile` happens while an answer is on its way; the request number `fault_at` gets none."""

    def __init__(self, shop: FakeShop, meanwhile: Callable[[], None], *, fault_at: int = 0) -> None:
        self._shop, self._meanwhile, self._fault_at = shop, meanwhile, fault_at
        self._numbers = count(1)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def get(self, path: str, **query: str | int) -> Any:
        reply = rest._route(self._shop, "GET", path, {name: str(value) for name, value in query.items()}, {})
        body = json.loads(json.dumps(reply.body), parse_float=Decimal)
        self._meanwhile()
        if next(self._numbers) == self._fault_at:
            raise ShopBusy("The shop answered 500.")
        if reply.status == 404:
            raise NotThere("Invalid ID.")
        return body


def work_next(database: Database, connect: Callable[[int], Client], *, may_ask: bool, killed_at: str = "") -> bool:
    """As `integrations.webhooks.working.work_next`; the process is killed once it has `claimed` or `applied` it."""
    claimed = database.claim(needs_shop=may_ask)
    if claimed is None:
        return False
    if claimed.attempts > claims.MOST_ATTEMPTS:
        database.move(claimed, state="dead")
        return True
    if killed_at == "claimed":
        raise Killed
    try:
        with _on(database, connect):
            apply = handling.prepare(_received(claimed), may_ask=may_ask)
            with database.transaction():
                _apply(database, claimed, apply, killed_at)
    except AskShop:
        database.move(claimed, needs_shop=True, attempts=0, next_at=database.now)
    except NotNow:
        _postpone(database, claimed)
    return True


def poll(database: Database, store: StoreFacts, connect: Callable[[int], Client], killed_at: int) -> None:
    """As `reconciling.poll`; the process is killed before the write number `killed_at`."""
    numbers = count(1)

    def live() -> None:
        if next(numbers) == killed_at:
            raise Killed

    def move_cursor(store_id: int, newest: datetime) -> None:
        live()
        database.cursors[store_id] = max(database.cursors[store_id], newest)

    with (
        _on(database, connect),
        patch.object(sync, "move_cursor", move_cursor),
        patch.object(database, "on_transaction", live),
    ):
        reconciling._poll(_shop(store, connect(store.id)), Found())


def _shop(store: StoreFacts, client: Client) -> WooShop:
    connection = ShopConnection(
        store=store, url="http://shop.test", consumer_key="", consumer_secret="", intake_key="", webhook_secrets=()
    )
    return WooShop(connection, client)  # type: ignore[arg-type]


def _apply(database: Database, claimed: DeliveryRow, apply: Callable[[], Any], killed_at: str) -> None:
    handled, incoming = apply(), claimed.incoming
    if database.move(claimed, state=handled.state) and handled.state in CLOSING and incoming.subject:
        database.close_replaced(incoming.store_id or 0, incoming.subject, but=claimed.id)
    if killed_at == "applied":
        raise Killed


def _postpone(database: Database, claimed: DeliveryRow) -> None:
    if claimed.attempts >= claims.MOST_ATTEMPTS:
        database.move(claimed, state="dead")
    else:
        pause = timedelta(seconds=claims.BACKOFF_SECONDS[claimed.attempts - 1])
        database.move(claimed, next_at=database.now + pause)


def _received(claimed: DeliveryRow) -> Received:
    incoming: Incoming = claimed.incoming
    return Received(
        id=claimed.id, store_id=incoming.store_id or 0, platform=incoming.platform, topic=incoming.topic,
        subject=incoming.subject, digest=incoming.digest, body=incoming.body, attempts=claimed.attempts,
        received_at=claimed.received_at,
    )  # fmt: skip


@contextmanager
def _on(database: Database, connect: Callable[[int], Client]) -> Iterator[None]:
    """The product's modules read and write `database`, and ask the shops by `connect`."""

    def record_all(store: StoreFacts, snapshots: Sequence[OrderSnapshot], **options: Any) -> list[recording.Recorded]:
        options.pop("announce", None)
        newest = {one.external_id: one for one in snapshots}
        return [database.record(store, newest[name], **options) for name in sorted(newest)]

    def read_known(store: StoreFacts, external_ids: Collection[str]) -> dict[str, queries.KnownOrder]:
        found = {name: database.orders.get((store.id, name)) for name in external_ids}
        return {name: queries._known(row.content) for name, row in found.items() if row is not None}

    def take_together(store: StoreFacts, *given: Any) -> list[tuple[recording.Recorded, OrderSnapshot]]:
        with database.transaction():
            return _TAKE_TOGETHER(store, *given)  # type: ignore[no-any-return]

    def open_shop(store_id: int) -> AbstractContextManager[WooShop]:
        return nullcontext(_shop(database.stores[store_id], connect(store_id)))

    with (
        patch.multiple(
            applying, open_shop=open_shop, record_deletion=lambda store, name: (store.id, name) in database.orders
        ),
        patch.object(connections, "read_connected_store", database.stores.__getitem__),
        patch.object(recording, "record", database.record),
        patch.multiple(taking, record_all=record_all, read_known=read_known, _take_together=take_together),
        patch.multiple(claims, settle=database.close_replaced, read_waiting=database.read_waiting),
        patch.object(applying, "read_clock", database.clock),
        patch.multiple(paging, read_clock=database.clock, PER_PAGE=PER_PAGE),
        patch.object(taking, "read_clock", database.clock),
        patch.object(sync, "read_cursor", database.cursors.__getitem__),
    ):
        yield
