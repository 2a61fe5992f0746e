"""The bulk operations of a fake shop: up to five at a time, with results that are partial, shuffled or expired on demand.

An operation is seen running at least once, and ends when its status is read again or the shop sends its webhooks.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator, Sequence

from graphql import SelectionSetNode

from integrations.fakes.server import Reply, Request
from integrations.shopify.fake.bulk_operation import Operation
from integrations.shopify.fake.bulk_query import BulkQuery, NotABulkQuery
from integrations.shopify.fake.market import Json
from integrations.shopify.fake.node_parts import gid, number_of
from integrations.shopify.fake.reading import nodes_of
from integrations.shopify.fake.state import ShopState

MOST_AT_A_TIME = 5
NOT_FOUND = Reply(404, b"<Error><Code>NoSuchKey</Code></Error>", {"Content-Type": "application/xml"})
EXPIRED = Reply(400, b"<Error><Code>ExpiredToken</Code></Error>", {"Content-Type": "application/xml"})
IN_PROGRESS = "A bulk query operation for this app and shop is already in progress: {id}."
NO_OPERATION = {"field": ["id"], "message": "Bulk operation does not exist"}


class BulkOperations:
    """`faults`: those of the next operations: `busy` (refused as another one runs), `failed`, `timeout` or `access_denied`,
    `shuffled` (children anywhere), `expired` (its address is no longer valid), `cut` (its first download breaks off);
    an empty text for none. All public methods may be called from any thread.
    """

    def __init__(self, shop: ShopState) -> None:
        self._shop = shop
        self.all: dict[int, Operation] = {}
        self.faults: list[str] = []

    def run(self, query: str) -> Json:
        """The answer to `bulkOperationRunQuery`. Children follow their parent, unless the result is shuffled."""
        running = [each for each in self.all.values() if each.is_running]
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "busy" or len(running) >= MOST_AT_A_TIME:
            message = IN_PROGRESS.format(id=gid("BulkOperation", running[0].id if running else 0))
            return _refused("OPERATION_IN_PROGRESS", None, message)
        try:
            checked = BulkQuery(query)
        except NotABulkQuery as error:
            return _refused("INVALID", ["query"], str(error))
        return {"bulkOperation": self._node(self._start(checked, query, fault)), "userErrors": []}

    def cancel(self, global_id: str) -> Json:
        found = self.all.get(number_of(global_id))
        if found is None:
            return {"bulkOperation": None, "userErrors": [NO_OPERATION]}
        if found.is_running:
            found.status = "CANCELING"
        return {"bulkOperation": self._node(found), "userErrors": []}

    def node(self, global_id: str) -> Json | None:
        """The operation as it is now, which moves on by being read."""
        found = self.all.get(number_of(global_id))
        if found is None:
            return None
        with self._shop.lock:
            shown = self._node(found)
            self._move(found)
        return shown

    def nodes(self, *, reverse: bool) -> list[Json]:
        found = [self._node(each) for each in self.all.values()]
        return found[::-1] if reverse else found

    def current(self) -> Json | None:
        """The newest."""
        return self.node(gid("BulkOperation", max(self.all))) if self.all else None

    def move(self) -> None:
        """Let what has been written end."""
        with self._shop.lock:
            for each in self.all.values():
                self._move(each)

    def end(self) -> None:
        """Let all operations end now."""
        with self._shop.lock:
            for each in self.all.values():
                while each.is_running:
                    self._move(each, may_wait=True)

    def download(self, request: Request) -> Reply:
        """`GET /bulk/ID.jsonl`, or `/bulk/ID.partial.jsonl`."""
        asked = re.fullmatch(r"/bulk/(\d+)(\.partial)?\.jsonl", request.path)
        found = self.all.get(int(asked[1])) if asked else None
        if asked is None or found is None:
            return NOT_FOUND
        result = found.partial if asked[2] else found.complete
        if result is None:
            return NOT_FOUND
        if found.fault == "expired" or found.is_expired(self._shop.clock()):
            return EXPIRED
        is_cut, found.fault = found.fault == "cut", "" if found.fault == "cut" else found.fault
        return result.download(request.headers, is_half=is_cut)

    def _move(self, operation: Operation, *, may_wait: bool = False) -> None:
        if operation.status == "CREATED":
            operation.status = "RUNNING"
            return
        if not operation.is_running or operation.writing is None:
            return
        if may_wait:
            operation.writing.join()
        if not operation.writing.is_alive():
            operation.end(self._shop.clock())
            self._shop.hooks.note("bulk_operations/finish", operation.body())

    def _start(self, query: BulkQuery, text: str, fault: str) -> Operation:
        if query.missing_scope(self._shop.grant.granted):
            fault = "access_denied"
        made = Operation(id=len(self.all) + 1, text=text, created_at=self._shop.clock(), fault=fault)
        sources = [] if fault == "access_denied" else query.roots()
        lines = _lines(made, query, [(nodes_of(self._shop, name, given), chosen) for name, given, chosen in sources])
        self.all[made.id] = made
        # It may write for long, and its status is read meanwhile.
        made.writing = threading.Thread(target=_write, args=(made, lines), daemon=True)
        made.writing.start()
        return made

    def _node(self, operation: Operation) -> Json:
        return operation.node(self._shop.url, self._shop.clock())


def _refused(code: str, field: list[str] | None, message: str) -> Json:
    return {"bulkOperation": None, "userErrors": [{"code": code, "field": field, "message": message}]}


def _write(operation: Operation, lines: Iterator[bytes]) -> None:
    if operation.fault == "shuffled":
        shuffled = list(lines)
        random.Random(operation.id).shuffle(shuffled)
        lines = iter(shuffled)
    operation.result.write(lines)


def _lines(
    operation: Operation, query: BulkQuery, sources: Sequence[tuple[Iterator[Json], SelectionSetNode]]
) -> Iterator[bytes]:  # fmt: skip
    for nodes, selection in sources:
        for node in nodes:
            operation.root_count += 1
            yield from query.lines(node, selection)
