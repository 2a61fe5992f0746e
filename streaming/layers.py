"""Our two channel layers: hints to the hubs by pub/sub, wake-ups to the pacer by a channel of its own.

Neither carries anything that may not be lost. The hubs follow by sequence number and the pacer by its cursor, both in
PostgreSQL; a message only says that it is worth looking now.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from channels.layers import get_channel_layer
from redis.client import Pipeline
from redis.exceptions import RedisError

from runtime.absent import without
from streaming import names

# For encrypted layers, which ours are not; it takes 6 MB of every process.
with without("cryptography.fernet"):
    from channels_redis.core import RedisChannelLayer
    from channels_redis.pubsub import RedisPubSubChannelLayer

logger = logging.getLogger(__name__)

WAKE_UP: dict[str, Any] = {"type": "pacer.wake"}
WAKE_UP_SECONDS = 1.0
MOST_WAKE_UPS = 10


class HintLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """The pub/sub layer, with a way to publish from code that has no event loop.

    `async_to_sync(group_send)` makes a loop and a connection per call (p99 45-130 ms); this is one PUBLISH.
    """

    def publish(self, pipeline: Pipeline, group: str, message: dict[str, Any]) -> None:
        """Add to `pipeline` what `group_send` would send."""
        pipeline.publish(f"{self._kwargs['prefix']}__group__{group}", self.serialize(message))


class PacerLayer(RedisChannelLayer):  # type: ignore[misc]
    """The core layer for the pacer's channel, whose `receive` outlives Redis.

    `runworker` ends with the first error of `receive` and makes its consumer only at the first message. So errors are
    waited out here, and a wake-up comes at the start and each second in which no message did.
    """

    async def receive(self, channel: str) -> dict[str, Any]:
        if not hasattr(self, "_messages"):
            self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
            self._messages.put_nowait(WAKE_UP)
            self._receiving = asyncio.ensure_future(self._receive_for_ever(channel))
        try:
            async with asyncio.timeout(WAKE_UP_SECONDS):
                return await self._messages.get()
        except TimeoutError:
            return WAKE_UP

    async def _receive_for_ever(self, channel: str) -> None:
        """Turn whatever comes into a wake-up: two that wait say no more than one."""
        while True:
            try:
                await super().receive(channel)
            except (RedisError, OSError) as error:
                logger.warning("The pacer hears nothing from Redis, going on by the clock: %s", error)
                await asyncio.sleep(WAKE_UP_SECONDS / 2)
                continue
            except Exception:
                # Whatever somebody put there, it makes no difference to what a wake-up says.
                logger.exception("A wake-up could not be understood")
                await asyncio.sleep(WAKE_UP_SECONDS / 2)
            if self._messages.empty():
                self._messages.put_nowait(WAKE_UP)

    def wake(self, pipeline: Pipeline, channel: str) -> None:
        """Add to `pipeline` what `send` would do, without its round trips and with a bound of its own."""
        key = f"{self.prefix}{channel}"
        pipeline.zremrangebyrank(key, 0, -MOST_WAKE_UPS)
        pipeline.zadd(key, {self.serialize(WAKE_UP): time.time()})
        pipeline.expire(key, self.expiry)


def hint_layer() -> HintLayer:
    layer = get_channel_layer()
    assert isinstance(layer, HintLayer)
    return layer


def pacer_layer() -> PacerLayer:
    layer = get_channel_layer(names.PACER_CHANNEL)
    assert isinstance(layer, PacerLayer)
    return layer
