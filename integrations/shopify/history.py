"""Reads the earlier orders of a shop by bulk operations, which the shop runs for itself.

A result that is partial is used as far as it goes, and the next operation begins there. What is recorded twice changes
nothing.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from integrations.shopify import app, bulk, operations
from integrations.shopify.bulk import BulkFile, ResultExpired
from integrations.shopify.client import AccessDenied, GraphClient
from integrations.shopify.connections import ShopConnection
from integrations.shopify.documents import BULK_CANCEL, BULK_OPERATION, BULK_RUN, bulk_orders
from integrations.shopify.fetching import fetch_order, snapshot_of_node, text_of
from integrations.shopify.nodes import number_of
from integrations.shopify.place import MOST_FAILURES, Place
from integrations.shopify.values import moment
from integrations.syncing.errors import ShopBusy, ShopError
from integrations.syncing.shop import Found, Progress, Shop, Unreadable
from integrations.syncing.taking import take_read
from orders.reading import NotAnOrder
from orders.snapshot import OrderSnapshot
from runtime.clock import read_clock

CHUNK = 50
# Seconds until the state of an operation is asked for again; its webhook comes before.
ASK_SECONDS: Sequence[float] = (1, 2, 4, 8, 15, 30, 60)
STEP_SECONDS = 0.5
# Other apps and users may run operations of their own.
MOST_BUSY = 200
ENDED = ("COMPLETED", "FAILED", "CANCELED", "EXPIRED")
RECENT_ONLY = (
    f"Shopify shows this app the orders of the last {app.RECENT_DAYS} days only: "
    f"earlier ones need the scope {app.ALL_ORDERS}."
)


class History:
    """One reading of the earlier orders of a shop."""

    def __init__(self, shop: Shop, connection: ShopConnection, client: GraphClient, place: Place, found: Found) -> None:
        self._shop, self._connection, self._client, self._place, self._found = shop, connection, client, place, found
        self._seen_before = found.seen - place.done
        if not connection.sees_all_orders and place.since < read_clock() - timedelta(days=app.RECENT_DAYS):
            found.notice = RECENT_ONLY

    def steps(self) -> Iterator[Progress]:
        """Record the orders, unannounced. Raises `ShopError`."""
        place = self._place
        while True:
            if not place.operation:
                yield from self._start()
                continue
            operation = yield from self._wait()
            is_done = yield from self._take(operation)
            if is_done:
                yield place.progress()
                return

    def _start(self) -> Iterator[Progress]:
        """Begin an operation; waits while Shopify runs too many."""
        query = f"updated_at:>='{text_of(self._place.since)}'"
        text, asked_at = bulk_orders(query, with_customer=self._connection.sees_customers), read_clock()
        answer = self._client.ask(BULK_RUN, query=text)["bulkOperationRunQuery"]
        if not answer["userErrors"]:
            self._place.begin(answer["bulkOperation"]["id"], asked_at)
            self._seen_before = self._found.seen
            yield self._place.progress()
            return
        message = str(answer["userErrors"][0].get("message") or "")
        self._place.busy += 1
        if "in progress" not in message or self._place.busy > MOST_BUSY:
            raise ShopError(f"Shopify does not export the orders: {message[:200]}")
        yield from self._pause(ASK_SECONDS[min(self._place.busy, len(ASK_SECONDS)) - 1])

    def _wait(self) -> Generator[Progress, None, Any]:
        """Wait for the operation; returns it when it has ended, None where the shop no longer knows it."""
        asked_count = 0
        while True:
            operation = self._client.ask(BULK_OPERATION, id=self._place.operation)["node"]
            if operation is None or operation["status"] in ENDED:
                return operation
            self._note_total(operation)
            yield from self._pause(ASK_SECONDS[min(asked_count, len(ASK_SECONDS) - 1)])
            asked_count += 1

    def _note_total(self, operation: Any) -> None:
        self._found.total = self._seen_before + int(operation.get("rootObjectCount") or 0) or None

    def _pause(self, seconds: float) -> Iterator[Progress]:
        """Wait until then, or until the shop reports the end of the operation; other jobs have their turn meanwhile."""
        until = time.monotonic() + seconds
        while True:
            self._found.pause_seconds = max(0.0, min(STEP_SECONDS, until - time.monotonic()))
            yield self._place.progress()
            self._found.pause_seconds = 0.0
            is_over = time.monotonic() >= until
            if is_over or operations.take_finished(self._connection.store.id, self._place.operation):
                return

    def _take(self, operation: Any) -> Generator[Progress, None, bool]:
        """Record the result of an ended operation; returns whether it was all."""
        if operation is not None and operation["errorCode"] == "ACCESS_DENIED":
            raise AccessDenied("Shopify does not let the app export the orders: approve the app again.")
        is_whole = operation is not None and operation["status"] == "COMPLETED"
        url = operation and operation["url" if is_whole else "partialDataUrl"]
        if is_whole and not url and not int(operation["objectCount"]):
            return True
        if url:
            self._note_total(operation)
            try:
                with bulk.download(self._client.download(url), is_partial=not is_whole) as file:
                    yield from self._record(file, is_whole)
                    if is_whole:
                        return True
            except ResultExpired:
                pass
            except ShopBusy:
                # The download broke off: the result is still there.
                self._place.failures += 1
                if self._place.failures >= MOST_FAILURES:
                    raise
                return False
        self._place.begin_again()
        return False

    def _record(self, file: BulkFile, is_whole: bool) -> Iterator[Progress]:
        """Record the orders of a file. A partial one whose lines are anywhere shows of no order whether it is whole."""
        if not is_whole and not file.is_grouped:
            return
        place, is_sorted, newest = self._place, True, self._place.since
        for number, chunk in bulk.chunks_of(file.orders(is_partial=not is_whole), CHUNK, skip=place.done):
            times = [found for node in chunk if (found := moment(node.get("updatedAt"))) is not None]
            is_sorted &= all(earlier <= later for earlier, later in zip([newest, *times], times, strict=False))
            newest = max([newest, *times])
            take_read(self._shop, map(self._read, chunk), self._found, asked_at=place.asked_at, announce=False)
            self._found.seen += len(chunk)
            place.done = number
            yield place.progress() | {"cursor": newest.isoformat()}
        if not is_whole and is_sorted and newest > place.since:
            place.since, place.failures = newest, -1

    def _read(self, node: dict[str, Any]) -> OrderSnapshot | Unreadable:
        """The order; one with refunds is asked for itself, because a bulk operation has no lines of refunds."""
        name = str(number_of(node["id"]))
        try:
            if node.get("refunds"):
                fetched = fetch_order(self._client, name, with_customer=self._connection.sees_customers)
                if fetched is not None:
                    return fetched
            return snapshot_of_node(node)
        except NotAnOrder as error:
            return Unreadable(external_id=name, body=node, reason=str(error))


def read_history(
    shop: Shop, connection: ShopConnection, client: GraphClient, since: datetime, found: Found, kept: Progress
) -> Iterator[Progress]:
    """See `integrations.syncing.shop.Shop.read_history`."""
    return History(shop, connection, client, Place.of(since, kept), found).steps()


def stop(client: GraphClient, kept: Progress) -> None:
    """Have the shop stop the operation of a history that is not wanted any more. Raises `ShopError`."""
    if operation := kept.get("operation"):
        client.ask(BULK_CANCEL, id=operation)
