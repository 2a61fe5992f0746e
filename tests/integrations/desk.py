"""The intake in this process: webhooks of a fake shop come to its ASGI application, in an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from integrations.webhooks.asgi import Intake, receive_webhooks
from integrations.webhooks.models import Delivery
from integrations.webhooks.working import work_next
from orders.models import OrderDocument
from stores.rows import rows_of_all_stores
from tests.waiting import HANG_SECONDS

T = TypeVar("T")
Headers = Sequence[tuple[bytes, bytes]]


class HasId(Protocol):
    id: int


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def django(scope: Any, receive: Any, send: Any) -> None:
    """Stands behind the intake and answers what is not its own."""
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def ask(
    application: Any, path: str, parts: Sequence[bytes], headers: Headers, method: str, *, leaves: bool = False
) -> Answered | None:
    """One request, its body in `parts`. `leaves`: the client is gone after the last one, before the body ends."""
    sent: list[Any] = []
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    last = {"type": "http.disconnect"} if leaves else {"type": "http.request", "body": b"", "more_body": False}
    waiting = iter([*messages, last])

    async def receive() -> Any:
        return next(waiting)

    async def send(message: Any) -> None:
        sent.append(message)

    await application({"type": "http", "path": path, "method": method, "headers": list(headers)}, receive, send)
    if not sent:
        return None
    return Answered(sent[0]["status"], dict(sent[0]["headers"]), b"".join(each.get("body", b"") for each in sent[1:]))


class Desk:
    """Context manager. `send` is what a fake shop sends its webhooks with; `work` applies what was stored."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._intake = Intake()
        self._application = receive_webhooks(django, self._intake)
        # Statuses that are answered instead of the intake's, as in an outage.
        self.outages: list[int] = []

    def __enter__(self) -> Desk:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._intake.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(HANG_SECONDS)

    def post(
        self, path: str, *parts: bytes, headers: Headers = (), method: str = "POST", leaves: bool = False
    ) -> Answered | None:
        return self.run(ask(self._application, path, parts, headers, method, leaves=leaves))

    def post_at_once(self, path: str, bodies: Sequence[bytes], headers: Sequence[Headers]) -> list[int]:
        """The statuses of requests that are sent at the same time."""

        async def all_of_them() -> list[int]:
            asked = (
                ask(self._application, path, [body], each, "POST") for body, each in zip(bodies, headers, strict=True)
            )
            return [answer.status for answer in await asyncio.gather(*asked) if answer]

        return self.run(all_of_them())

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer to a webhook."""
        if self.outages:
            return self.outages.pop(0)
        path = "/" + url.split("/", 3)[3]
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        answer = self.post(path, body, headers=raw)
        assert answer is not None
        return answer.status

    @staticmethod
    def work() -> None:
        """Apply all that is due."""
        while work_next(may_ask=False) or work_next(may_ask=True):
            pass


def documents(order: HasId) -> list[tuple[str, str]]:
    """The external ids and totals of the documents of an order, oldest first."""
    rows = rows_of_all_stores(OrderDocument).filter(order__external_id=str(order.id)).order_by("pk")
    return [(row.external_id, str(row.invoice.total_amount)) for row in rows.select_related("invoice")]


def states() -> list[tuple[str, str, str]]:
    """Topic, state and rule of the deliveries, oldest first."""
    return list(rows_of_all_stores(Delivery).order_by("id").values_list("topic", "state", "rule"))
