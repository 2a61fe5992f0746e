"""The two channel layers: notifications to the hubs by pub/sub, wake-ups to the pacer by a separate channel.

Neither carries data that must not be lost. The hubs follow by sequence number and the pacer by its cursor, both in
PostgreSQL; a message only triggers a read.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from functools import partial
from typing import Any

from channels.layers import get_channel_layer
from redis.asyncio.client import PubSub
from redis.client import Pipeline
from redis.exceptions import RedisError

from runtime.absent import without
from runtime.loops import Loop
from runtime.tasks import WatchedTask
from streaming import names

# Only encrypted layers need this library, and it takes 6 MB in every process.
with without("cryptography.fernet"):
    from channels_redis.core import RedisChannelLayer
    from channels_redis.pubsub import RedisPubSubChannelLayer, RedisSingleShardConnection

logger = logging.getLogger(__name__)

WAKE_UP: dict[str, Any] = {"type": "pacer.wake"}
ANNOUNCED = "pacer.announced"
WAKE_UP_SECONDS = 1.0
MOST_WAKE_UPS = 10


# How long to wait for a message at a time. The library's 0.1 s takes more CPU time than all notifications.
HINT_SECONDS = 5.0


class _Subscription(PubSub):
    async def get_message(self, ignore_subscribe_messages: bool = False, timeout: float | None = 0.0) -> Any:
        return await super().get_message(ignore_subscribe_messages, timeout=HINT_SECONDS)


class _Shard(RedisSingleShardConnection):  # type: ignore[misc]
    def _ensure_redis(self) -> None:
        if self._redis is None:
            super()._ensure_redis()
            client: Any = self._redis
            self._pubsub = _Subscription(client.connection_pool)


class NotificationLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """The pub/sub layer, with a method to publish from code without an event loop.

    `async_to_sync(group_send)` creates a loop and a connection per call (p99 45-130 ms); this is one PUBLISH.
    """

    def _get_layer(self) -> Any:
        layer = super()._get_layer()
        if not isinstance(layer._shards[0], _Shard):
            layer._shards = [_Shard(shard.host, layer) for shard in layer._shards]
        return layer

    def publish(self, pipeline: Pipeline, group: str, message: dict[str, Any]) -> None:
        """Add to `pipeline` the message that `group_send` would send."""
        pipeline.publish(f"{self._kwargs['prefix']}__group__{group}", self.serialize(message))


class PacerLayer(RedisChannelLayer):  # type: ignore[misc]
    """The core layer for the pacer's channel, whose `receive` survives outages of Redis.

    `runworker` ends at the first error of `receive` and creates its consumer only at the first message. Therefore this
    layer waits out errors, and delivers a wake-up at the start and every second in addition to other messages.
    """

    async def receive(self, channel: str) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        if not hasattr(self, "_messages"):
            self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
            self._messages.put_nowait(WAKE_UP)
            self._wake_up_at = loop.time() + WAKE_UP_SECONDS
            self._receiving = WatchedTask("wake-ups", partial(self._receive_loop, channel), within_seconds=math.inf)
        try:
            async with asyncio.timeout_at(self._wake_up_at):
                message = await self._messages.get()
        except TimeoutError:
            message = WAKE_UP
        if message == WAKE_UP:
            self._wake_up_at = loop.time() + WAKE_UP_SECONDS
        return message

    async def _receive_loop(self, channel: str, loop: Loop) -> None:
        while True:
            message: Any = None
            try:
                message = await super().receive(channel)
            except (RedisError, OSError) as error:
                logger.warning("The pacer receives nothing from Redis, continuing by the clock: %s", error)
                await asyncio.sleep(WAKE_UP_SECONDS / 2)
                continue
            except Exception:
                # Any client of Redis can write there; an invalid message counts as a wake-up.
                logger.exception("A wake-up message is not valid")
                await asyncio.sleep(WAKE_UP_SECONDS / 2)
            loop.progress()
            self._put(message if _is_announcement(message) else WAKE_UP)

    def _put(self, message: dict[str, Any]) -> None:
        """Keep at most one message: two different ones become a wake-up, which covers both."""
        if not self._messages.empty():
            message = message if self._messages.get_nowait() == message else WAKE_UP
        self._messages.put_nowait(message)

    async def _brpop_with_clean(self, index: int, channel: str, timeout: float) -> bytes | None:
        """Take a message without the library's backup, which needs three more commands: this message may be lost."""
        found = await self.connection(index).bzpopmin(channel, timeout=timeout)
        return found[1] if found else None

    async def _clean_receive_backup(self, index: int, channel: str) -> None:
        """Do nothing: there is no backup."""

    def wake(self, pipeline: Pipeline, channel: str, message: dict[str, Any] = WAKE_UP) -> None:
        """Add to `pipeline` the message that `send` would send, without its round trips and with its own limit."""
        key = f"{self.prefix}{channel}"
        pipeline.zremrangebyrank(key, 0, -MOST_WAKE_UPS)
        pipeline.zadd(key, {self.serialize(message): time.time()})
        pipeline.expire(key, self.expiry)


def announcement(feed: str) -> dict[str, Any]:
    """The message to the pacer that rows were announced on `feed`."""
    return {"type": ANNOUNCED, "feed": feed}


def _is_announcement(message: Any) -> bool:
    return isinstance(message, dict) and message.get("type") == ANNOUNCED and isinstance(message.get("feed"), str)


def notification_layer() -> NotificationLayer:
    layer = get_channel_layer()
    assert isinstance(layer, NotificationLayer)
    return layer


def pacer_layer() -> PacerLayer:
    layer = get_channel_layer(names.PACER_CHANNEL)
    assert isinstance(layer, PacerLayer)
    return layer
