"""Webhooks of a fake shop, with the bugs of WooCommerce's.

The body is the state at delivery. The delivery id is that of webhook and second, so several deliveries share it. A failed
delivery is never sent again, and seven in a row switch the webhook off.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.fakes.clock import Clock
from integrations.fakes.faults import Faults
from integrations.fakes.sending import Send
from integrations.webhooks.signatures import sign
from integrations.woocommerce.fake.goods import Json

MOST_FAILURES = 7
# The body of an order by its id, or the error that WooCommerce sends instead.
BodyOf = Callable[[str, int], Json]


@dataclass(kw_only=True)
class Webhook:
    id: int
    topic: str
    delivery_url: str
    secret: str = field(repr=False)
    status: str = "active"
    failures: int = 0

    def as_json(self) -> Json:
        """As the REST API shows it, without the secret."""
        resource, _, event = self.topic.partition(".")
        return {
            "id": self.id, "name": f"Webhook {self.id}", "status": self.status, "topic": self.topic, "resource": resource,
            "event": event, "hooks": [], "delivery_url": self.delivery_url,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Due:
    webhook: Webhook
    resource_id: int


class Hooks:
    """The webhooks of a shop and the deliveries that are due. `deliver` sends them, as WooCommerce's scheduler does."""

    def __init__(self, clock: Clock, send: Send, body_of: BodyOf, faults: Faults) -> None:
        self._clock, self._send, self._body_of, self._faults = clock, send, body_of, faults
        self.all: dict[int, Webhook] = {}
        self._due: deque[_Due] = deque()
        self._updated: set[tuple[int, int, str]] = set()

    def add(self, topic: str, delivery_url: str, secret: str) -> Webhook:
        """Make a webhook. Unless its ping is answered with 200, it is not active."""
        made = Webhook(id=max(self.all, default=0) + 1, topic=topic, delivery_url=delivery_url, secret=secret)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "WooCommerce/11.0.1 Hookshot"}
        if self._send(delivery_url, headers, f"webhook_id={made.id}".encode()) != 200:
            made.status = "disabled"
        self.all[made.id] = made
        return made

    def note(self, topic: str, resource_id: int) -> None:
        """Have a change delivered. Several updates of one order in one second are one delivery."""
        moment = self._clock().strftime("%Y%m%d%H%M%S")
        for webhook in self.all.values():
            if webhook.topic != topic or webhook.status != "active":
                continue
            key = (webhook.id, resource_id, moment)
            if topic == "order.updated" and key in self._updated:
                continue
            self._updated.add(key)
            self._due.append(_Due(webhook, resource_id))

    def deliver(self) -> int:
        """Send what is due, with the faults that are on; returns how many requests were sent."""
        due, self._due = list(self._due), deque()
        sent_count = 0
        for each in self._faults.arrange(due):
            if each.webhook.status == "active":
                self._deliver(each)
                sent_count += 1
        self._due.extend(self._faults.take_late())
        return sent_count

    def _deliver(self, due: _Due) -> None:
        webhook = due.webhook
        resource, _, event = webhook.topic.partition(".")
        content = {"id": due.resource_id} if event == "deleted" else self._body_of(resource, due.resource_id)
        body = json.dumps(content, separators=(",", ":")).replace("/", "\\/").encode()
        status = self._send(webhook.delivery_url, self._headers(webhook, body), body)
        webhook.failures = 0 if 200 <= status < 300 else webhook.failures + 1
        if webhook.failures >= MOST_FAILURES:
            webhook.status = "disabled"

    def _headers(self, webhook: Webhook, body: bytes) -> dict[str, str]:
        resource, _, event = webhook.topic.partition(".")
        delivery = f"{webhook.id}{self._clock().strftime('%Y%m%d%H%M%S')}"
        return {
            "User-Agent": "WooCommerce/11.0.1 Hookshot (WordPress/7.1)", "Content-Type": "application/json",
            "X-WC-Webhook-Topic": webhook.topic, "X-WC-Webhook-Resource": resource, "X-WC-Webhook-Event": event,
            "X-WC-Webhook-Signature": sign(body, webhook.secret).decode(), "X-WC-Webhook-ID": str(webhook.id),
            "X-WC-Webhook-Delivery-ID": hashlib.md5(delivery.encode(), usedforsecurity=False).hexdigest(),
        }  # fmt: skip
