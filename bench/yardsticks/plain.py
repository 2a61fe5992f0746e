"""Channels as in its tutorial: each socket joins a group, each message is sent to the group. Served by Daphne."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings

settings.configure(
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # The time-out keeps idle sockets alive with this client; the capacity prevents dropped messages.
            "CONFIG": {"hosts": [{"address": os.environ["REDIS_URL"], "socket_timeout": 30}], "capacity": 100_000},
        }
    }
)

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402

GROUP = "bench"


class Screen(AsyncWebsocketConsumer):  # type: ignore[misc]
    groups = [GROUP]

    async def bench_frame(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


_screen = Screen.as_asgi()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await _screen(scope, receive, send)
