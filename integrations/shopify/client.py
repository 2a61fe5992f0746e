"""The client of the GraphQL Admin API. It sends a query when the shop has points for it, and waits otherwise."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from types import TracebackType
from typing import Any

from django.conf import settings

from integrations.shopify import tokens
from integrations.shopify.connections import ShopConnection
from integrations.shopify.cost import Bucket, requested_points
from integrations.shopify.documents import Document
from integrations.syncing.asking import Answer, Asker
from integrations.syncing.errors import KeysRefused, NotThere, ShopBusy, ShopError

# A shop whose points come back more slowly is asked again later.
MOST_WAIT_SECONDS = 15.0
MOST_ATTEMPTS = 5
SHORTEST_PAUSE_SECONDS = 0.25
# The buckets of the shops that this process asks, and what each document costs there.
_buckets: dict[int, Bucket] = {}
_points: dict[str, float] = {}
_lock = threading.Lock()


class Throttled(ShopError):
    """The shop has too few points now."""

    def __init__(self, retry_seconds: float = 0.0) -> None:
        super().__init__("The shop has too few points for the query.")
        self.retry_seconds = retry_seconds


class AccessDenied(ShopError):
    """The app may not do this: a scope is missing."""


class GraphClient:
    """Queries to one shop. Use as a context manager. Every call raises a `ShopError`."""

    def __init__(self, connection: ShopConnection, held: tokens.Held) -> None:
        self._connection = connection
        self._asker = Asker(connection.url, agent=tokens.AGENT)
        self._url = f"{connection.url}/admin/api/{settings.SHOPIFY_API_VERSION}/graphql.json"
        self._token = tokens.valid_token(held)

    def __enter__(self) -> GraphClient:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._asker.close()

    def ask(self, document: Document, **variables: Any) -> Any:
        """The `data` of the answer; numbers with decimals are `Decimal`. Waits while the shop has too few points."""
        for attempt in range(MOST_ATTEMPTS):
            self._wait_for_points(document)
            try:
                return self._ask_once(document, variables)
            except Throttled as throttled:
                # It may say so while points are left.
                self._pause(max(throttled.retry_seconds, SHORTEST_PAUSE_SECONDS * 2**attempt))
        raise ShopBusy("The shop has too few points for the query again and again.", retry_seconds=MOST_WAIT_SECONDS)

    def pages(self, document: Document, name: str, **variables: Any) -> Iterator[Any]:
        """The pages of the connection `name`."""
        after = None
        while True:
            page = self.ask(document, after=after, **variables)[name]
            yield page
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def download(self, url: str) -> Any:
        """A context manager of the answer at the address of a result, which takes no token."""
        return self._asker.stream("GET", url)

    def _ask_once(self, document: Document, variables: dict[str, Any]) -> Any:
        body = {
            "query": document.text,
            "variables": {name: value for name, value in variables.items() if value is not None},
        }
        answer = self._send(body)
        if answer.status == 401:
            # It may have been replaced by another process, or have expired early.
            self._token = tokens.refresh(self._connection.store.id, stale=self._token)
            answer = self._send(body)
        return self._read(document, answer)

    def _send(self, body: Any) -> Answer:
        return self._asker.ask("POST", self._url, json=body, headers={"x-shopify-access-token": self._token})

    def _read(self, document: Document, answer: Answer) -> Any:
        found = _parse(answer)
        extensions = found.get("extensions")
        with _lock:
            self._bucket.note(extensions, time.monotonic())
            _points[document.text] = requested_points(extensions) or _points.get(document.text, document.points)
        if errors := found.get("errors"):
            raise _error_of(errors[0] if isinstance(errors, list) else errors)
        if not isinstance(found.get("data"), dict):
            raise ShopBusy("The shop sent no data.")
        return found["data"]

    def _wait_for_points(self, document: Document) -> None:
        with _lock:
            points, now = _points.get(document.text, document.points), time.monotonic()
            seconds = self._bucket.wait_seconds(points, now)
            self._bucket.spend(points, now + seconds)
        self._pause(seconds)

    @property
    def _bucket(self) -> Bucket:
        return _buckets.setdefault(self._connection.store.id, Bucket(read_at=time.monotonic()))

    @staticmethod
    def _pause(seconds: float) -> None:
        if seconds > MOST_WAIT_SECONDS:
            raise ShopBusy(f"The shop asks to wait {seconds:.0f} s.", retry_seconds=seconds)
        time.sleep(seconds)


def _parse(answer: Answer) -> dict[str, Any]:
    """The JSON of a good answer; raises the `ShopError` that fits any other."""
    status = answer.status
    if status == 429:
        raise Throttled(answer.retry_seconds or 1.0)
    if status >= 500:
        raise ShopBusy(f"The shop answered {status}.", retry_seconds=answer.retry_seconds)
    if status in (401, 403):
        raise KeysRefused("The shop does not accept the access token any more: connect the store again.")
    if status in (402, 423):
        raise ShopBusy("Shopify has closed the shop for now: its owner has to look there.", retry_seconds=3600.0)
    if status == 404:
        raise NotThere("There is no shop at this address.")
    if status != 200:
        raise ShopError(f"The shop answered {status}.")
    try:
        found = json.loads(answer.content, parse_float=Decimal)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ShopBusy("The shop answered without JSON.")
    return found


def _error_of(error: Any) -> ShopError:
    """The first error of an answer."""
    error = error if isinstance(error, dict) else {"message": str(error)}
    code, message = str((error.get("extensions") or {}).get("code") or ""), str(error.get("message") or "")[:200]
    if code == "THROTTLED":
        return Throttled()
    if code == "ACCESS_DENIED":
        return AccessDenied(f"The shop denies the access: {message}")
    if code in ("INTERNAL_SERVER_ERROR", "TIMEOUT", "SHOP_INACTIVE"):
        return ShopBusy(f"The shop answered: {message}")
    return ShopError(f"The shop refuses the query: {message}")
