"""Runs uvicorn with the product's settings: `python -m runtime.uvicorn_server`. uvicorn drains by itself; this module
adds the notice before the stop.
"""

from __future__ import annotations

import socket
import threading
from types import FrameType

import uvicorn

from runtime import environment, shutdown
from runtime.environment import Environment
from runtime.event_loop import watch_event_loop
from runtime.serve import APPLICATION, LARGEST_WEBSOCKET_MESSAGE, PING_SECONDS, PONG_SECONDS
from runtime.uvicorn_requests import CutProtocol
from runtime.uvicorn_sockets import BoundedWebSocket


def config(env: Environment) -> uvicorn.Config:
    """The settings of uvicorn. Compression is off: it multiplies the CPU time of a frame by two or three."""
    return uvicorn.Config(
        APPLICATION,
        host=env.host.strip("[]"),
        port=env.port,
        loop="uvloop",
        http=CutProtocol,
        ws=BoundedWebSocket,
        ws_per_message_deflate=False,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        ws_max_size=LARGEST_WEBSOCKET_MESSAGE,
        lifespan="off",
        timeout_graceful_shutdown=int(shutdown.DRAIN_SECONDS),
        server_header=False,
        # accounts/lockout.py decides which proxies' X-Forwarded-For it trusts.
        proxy_headers=False,
        access_log=False,
        log_level="warning",
    )


class AnnouncedStopServer(uvicorn.Server):
    """Reports that it is not ready for `notice` seconds before it stops."""

    def __init__(self, config: uvicorn.Config, *, notice: int) -> None:
        super().__init__(config)
        self._notice = notice

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        watch_event_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        shutdown.begin(self._notice)
        ending = threading.Timer(self._notice, super().handle_exit, (sig, frame))
        ending.daemon = True
        ending.start()


if __name__ == "__main__":
    env = environment.read()
    AnnouncedStopServer(config(env), notice=env.stop_notice).run()
