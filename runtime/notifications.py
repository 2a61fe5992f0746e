"""Waits for notifications on a Redis channel and passes them on. A lost one costs the time until the next poll, never data."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

WAIT_SECONDS = 5.0
# Longer than one wait, so that a silent Redis is noticed and an idle channel is not.
SOCKET_SECONDS = 30.0


class Listener:
    """A subscription to `channel`. `turn` is the turn of a loop: it waits for a notification and passes it to `notify`."""

    def __init__(self, channel: str, notify: Callable[[bytes], None]) -> None:
        self._channel = channel
        self._notify = notify
        self._subscription: Any = None

    def turn(self) -> bool:
        """Wait up to `WAIT_SECONDS` for a notification; raises `RedisError` when Redis is not there."""
        if self._subscription is None:
            self._subscription = self._subscribe()
        message = self._subscription.get_message(ignore_subscribe_messages=True, timeout=WAIT_SECONDS)
        if message is not None:
            self._notify(message["data"])
        return True

    def close(self) -> None:
        """Leave the channel; the next turn subscribes again."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            try:
                subscription.close()
            except (RedisError, OSError):
                logger.info("The subscription to %s could not be closed", self._channel)

    def _subscribe(self) -> Any:
        client: Any = Redis.from_url(settings.REDIS_URL, socket_timeout=SOCKET_SECONDS, socket_connect_timeout=3)
        subscription = client.pubsub()
        subscription.subscribe(self._channel)
        return subscription
