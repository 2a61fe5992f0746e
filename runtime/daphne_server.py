"""Daphne with a stop that loses nothing: `python -m runtime.daphne_server` takes Daphne's own options.

Daphne ends every request and cuts every WebSocket on SIGTERM. Here it stops listening, answers what it has begun, closes
WebSockets with a code, and only then ends.
"""

from __future__ import annotations

import asyncio
from typing import Any

from daphne.cli import CommandLineInterface
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.defer import Deferred, maybeDeferred

from runtime import environment, shutdown

POLL_SECONDS = 0.02
# Daphne looks at all connections every two seconds, and pings those whose ping is due: here in parts.
CHECK_SECONDS, CHECK_PARTS = 2.0, 20


class DrainingServer(Server):  # type: ignore[misc]
    """Drains before Daphne's own shutdown, which Twisted begins after what `kill_all_applications` returns."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._notice = environment.read().stop_notice
        self._ports: list[Any] = []
        self.connections: dict[Any, dict[str, Any]] = {}
        self._unchecked: list[Any] = []
        self._part_size, self._pause = 0, CHECK_SECONDS

    def listen_success(self, port: Any) -> None:
        self._ports.append(port)
        super().listen_success(port)

    def timeout_checker(self) -> None:
        """Enforce timeouts and ping, as Daphne does; a thousand pings at once would hold up all frames for 100 ms."""
        if not self._unchecked:
            self._unchecked = list(self.connections)
            self._part_size = -(-len(self._unchecked) // CHECK_PARTS)
            self._pause = CHECK_SECONDS / min(CHECK_PARTS, len(self._unchecked) or 1)
        part, self._unchecked = self._unchecked[: self._part_size], self._unchecked[self._part_size :]
        for protocol in part:
            if protocol in self.connections:
                protocol.check_timeouts()
        asyncio.get_running_loop().call_later(self._pause, self.timeout_checker)

    def kill_all_applications(self) -> Deferred[Any]:
        """Drain, then let Daphne end what is left."""
        drained = Deferred.fromFuture(asyncio.ensure_future(self._drain()))
        drained.addBoth(lambda _: self._end_the_rest())
        return drained

    def _end_the_rest(self) -> Any:
        # Daphne's own looks for an application in each connection, and one that is being opened has none yet.
        self.connections = {key: each for key, each in self.connections.items() if "application_instance" in each}
        return super().kill_all_applications()

    async def _drain(self) -> None:
        shutdown.begin()
        await asyncio.sleep(self._notice)
        for port in self._ports:
            await maybeDeferred(port.stopListening).asFuture(asyncio.get_running_loop())
        deadline = asyncio.get_running_loop().time() + shutdown.DRAIN_SECONDS
        while self._send_away() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(POLL_SECONDS)

    def _send_away(self) -> int:
        """Close the WebSockets that are open; how many connections are still under way."""
        under_way = [protocol for protocol, details in self.connections.items() if not details.get("disconnected")]
        for protocol in under_way:
            if isinstance(protocol, WebSocketProtocol) and protocol.state == protocol.STATE_OPEN:
                # Its own way to close refuses the codes that are a server's.
                protocol.sendCloseFrame(code=shutdown.GOING_AWAY)
        return len(under_way)


class CommandLine(CommandLineInterface):  # type: ignore[misc]
    server_class = DrainingServer


if __name__ == "__main__":
    CommandLine.entrypoint()
