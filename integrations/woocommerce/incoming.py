"""Reads the requests that WooCommerce sends as webhooks: the ping, the signature, the topic."""

from __future__ import annotations

import re

from integrations.webhooks.signatures import is_signed
from integrations.webhooks.types import Destination, Incoming, Refusal, Request, digest_of

# Sent when a webhook is created, without a signature. Unless the answer is 200, the webhook is not active.
_PING = re.compile(rb"webhook_id=[0-9]{1,18}")
_FORM = b"application/x-www-form-urlencoded"
_FIRST_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*([0-9]{1,18})\s*[,}]')


def locate(address: str, request: Request) -> str:
    """Each store has an address of its own."""
    return address


def read(request: Request, destination: Destination | None) -> Incoming | Refusal:
    """The webhook to store, or why it is none. The delivery id is kept for display: WooCommerce repeats it."""
    if destination is None:
        return Refusal.UNKNOWN
    if _is_ping(request):
        return Refusal.PING
    if not is_signed(request.body, request.header(b"x-wc-webhook-signature"), destination.secrets):
        return Refusal.BAD_SIGNATURE
    topic = request.text(b"x-wc-webhook-topic", 60)
    return Incoming(
        store_id=destination.store_id, platform="woocommerce", topic=topic, body=request.body,
        digest=digest_of(topic, request.body), subject=_subject(topic, request.body),
        event_id=request.text(b"x-wc-webhook-delivery-id", 100),
    )  # fmt: skip


def _is_ping(request: Request) -> bool:
    is_form = (request.header(b"content-type") or b"").startswith(_FORM)
    is_unsigned = all(name != b"x-wc-webhook-signature" for name, _ in request.headers)
    return is_form and is_unsigned and _PING.fullmatch(request.body) is not None


def _subject(topic: str, body: bytes) -> str:
    found = _FIRST_ID.match(body)
    resource = topic.partition(".")[0][:60]
    return f"{resource}:{int(found[1])}" if found and resource else ""
