"""Webhooks of a fake shop: signed by the secret of the app, their body as it was at the event, and sent again when refused.

A subscription whose webhook is refused eight times is deleted, as Shopify does with those that an app has made.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from integrations.fakes.clock import Clock
from integrations.fakes.faults import Faults
from integrations.fakes.sending import Send
from integrations.shopify.fake.app import App
from integrations.shopify.fake.market import Json
from integrations.shopify.fake.node_parts import gid, text
from integrations.webhooks.signatures import sign

COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")
# Eight attempts in four hours.
RETRY_SECONDS = (10, 60, 240, 900, 1800, 3600, 3600, 3600)


class AddressTaken(Exception):
    """The topic is sent to this address already."""


@dataclass(kw_only=True)
class Subscription:
    """`topic` as in webhooks: `orders/create`."""

    id: int
    topic: str
    uri: str
    created_at: datetime
    api_version: str
    name: str | None = None

    def node(self) -> Json:
        at = text(self.created_at)
        return {
            "__typename": "WebhookSubscription", "id": gid("WebhookSubscription", self.id),
            "legacyResourceId": str(self.id), "topic": self.topic.upper().replace("/", "_"), "uri": self.uri,
            "callbackUrl": self.uri, "format": "JSON", "includeFields": [], "filter": None, "name": self.name,
            "endpoint": {"__typename": "WebhookHttpEndpoint", "callbackUrl": self.uri},
            "apiVersion": {"handle": self.api_version, "displayName": self.api_version, "supported": True},
            "createdAt": at, "updatedAt": at,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One webhook. Its ids and its body are the same at every attempt."""

    subscription_id: int | None
    topic: str
    url: str
    body: bytes = field(repr=False)
    event_id: str
    webhook_id: str
    triggered_at: datetime
    due_at: datetime
    attempt: int = 0


class Hooks:
    """The subscriptions of a shop and the webhooks that are due. `deliver` sends them."""

    def __init__(
        self, app: App, domain: str, clock: Clock, send: Send, faults: Faults,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
    ) -> None:  # fmt: skip
        self._app, self._domain, self._clock, self._send, self._faults = app, domain, clock, send, faults
        self._retry_seconds = retry_seconds
        self.all: dict[int, Subscription] = {}
        self._last_id = 0
        self._due: list[Delivery] = []
        self._lock = threading.Lock()

    def add(self, topic: str, uri: str, *, name: str | None = None) -> Subscription:
        if any((each.topic, each.uri) == (topic, uri) for each in list(self.all.values())):
            raise AddressTaken
        self._last_id += 1
        made = Subscription(
            id=self._last_id, topic=topic, uri=uri, created_at=self._clock(), api_version=self._app.api_version, name=name
        )  # fmt: skip
        self.all[made.id] = made
        return made

    def note(self, topic: str, content: Json, *, event_id: str = "") -> None:
        """Have an event delivered. Webhooks of one action, of several topics, share the id of the event."""
        body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).replace("/", "\\/").encode()
        targets: list[tuple[int | None, str]] = [
            (each.id, each.uri) for each in list(self.all.values()) if each.topic == topic
        ]
        if topic in COMPLIANCE and self._app.compliance_url:
            targets = [(None, self._app.compliance_url)]
        event_id, now = event_id or str(uuid.uuid4()), self._clock()
        for subscription_id, url in targets:
            self._wait(Delivery(
                subscription_id=subscription_id, topic=topic, url=url, body=body, event_id=event_id,
                webhook_id=str(uuid.uuid4()), triggered_at=now, due_at=now,
            ))  # fmt: skip

    def deliver(self) -> int:
        """Send what is due, with the faults that are on; returns how many requests were sent."""
        due = self._faults.arrange(self._take_due())
        for each in due:
            self._deliver(each)
        self._wait(*self._faults.take_late())
        return len(due)

    def _wait(self, *deliveries: Delivery) -> None:
        with self._lock:
            self._due += deliveries

    def _take_due(self) -> list[Delivery]:
        with self._lock:
            now, waiting = self._clock(), self._due
            self._due = [each for each in waiting if each.due_at > now]
        return [each for each in waiting if each.due_at <= now]

    def headers(self, delivery: Delivery) -> dict[str, str]:
        return {
            "User-Agent": "Shopify-Captain-Hook", "Content-Type": "application/json", "X-Shopify-Topic": delivery.topic,
            "X-Shopify-Hmac-Sha256": sign(delivery.body, self._app.secret).decode(),
            "X-Shopify-Shop-Domain": self._domain, "X-Shopify-API-Version": self._app.api_version,
            "X-Shopify-Webhook-Id": delivery.webhook_id, "X-Shopify-Event-Id": delivery.event_id,
            "X-Shopify-Triggered-At": delivery.triggered_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }  # fmt: skip

    def _deliver(self, delivery: Delivery) -> None:
        status = self._send(delivery.url, self.headers(delivery), delivery.body)
        if 200 <= status < 300:
            return
        if delivery.attempt < len(self._retry_seconds):
            wait = timedelta(seconds=self._retry_seconds[delivery.attempt])
            self._wait(replace(delivery, attempt=delivery.attempt + 1, due_at=self._clock() + wait))
        elif delivery.subscription_id is not None:
            self.all.pop(delivery.subscription_id, None)
