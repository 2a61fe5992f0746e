"""The frames that are sent to the screens of all feeds, read where the hubs receive them."""

from __future__ import annotations

import json
from typing import Any, cast

from streaming import names
from streaming.layers import notification_layer
from tests.clean import empty_redis
from tests.waiting import HANG_SECONDS

GROUP = f"invoicedash__group__{names.GROUP}"


class SentFrames:
    """Subscribed from its creation on, and a screen of the feed `watched`."""

    def __init__(self, watched: str = "live") -> None:
        self._redis = cast(Any, empty_redis())
        self._redis.set(names.watched_key(watched), 1)
        self._subscription = self._redis.pubsub()
        self._subscription.subscribe(GROUP)
        assert self._subscription.get_message(timeout=HANG_SECONDS)["type"] == "subscribe"

    def read(self) -> list[dict[str, Any]]:
        """The frames that were sent before this call, each with its feed."""
        self._redis.publish(GROUP, b"end")
        found: list[dict[str, Any]] = []
        while (data := self._subscription.get_message(timeout=HANG_SECONDS)["data"]) != b"end":
            message = notification_layer().deserialize(data)
            if message["type"] == "feed.frames":
                found += [{"feed": message["feed"], **json.loads(text)} for text in message["frames"]]
        return found

    def close(self) -> None:
        self._subscription.close()
