"""Daphne with a graceful stop: `python -m runtime.daphne_server` takes Daphne's own options.

On SIGTERM, Daphne ends every request and cuts every WebSocket. This server stops listening, finishes the requests under
way, closes WebSockets with a code, and then ends.
"""

from __future__ import annotations

import asyncio
from typing import Any

from twisted.internet.defer import Deferred, maybeDeferred

from runtime import environment, shutdown
from runtime.absent import empty, replaced, without
from runtime.compiled_cffi import compiled_cffi
from runtime.event_loop import watch_event_loop
from runtime.timer import Timer

# A proxy terminates TLS, not Daphne; the TLS library takes 8 MB. Autobahn imports the protocol WAMP and coloured output,
# which nothing here uses and which load a library for cryptography: 10 MB. International host names are for its client.
with (
    without("OpenSSL", "click"),
    empty("autobahn.twisted.wamp", "autobahn.wamp.message", "idna"),
    replaced({"cffi": compiled_cffi()}),
):
    from daphne import http_protocol
    from daphne.cli import CommandLineInterface
    from daphne.server import Server
    from daphne.ws_protocol import WebSocketProtocol

    from runtime.daphne_checks import check_application, check_limits, wait_until_read
    from runtime.daphne_requests import CutRequest
    from runtime.daphne_sockets import bound_sockets

POLL_SECONDS = 0.02
# Daphne checks all connections every two seconds and pings those whose ping is due. This server does it in parts.
CHECK_SECONDS, CHECK_PARTS = 2.0, 20
APPLICATION_SECONDS = 1.0


class DrainingServer(Server):  # type: ignore[misc]
    """Drains connections before Daphne's own shutdown, which Twisted begins after `kill_all_applications` returns."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._notice = environment.read().stop_notice
        self._ports: list[Any] = []
        self.connections: dict[Any, dict[str, Any]] = {}
        self._unchecked: list[Any] = []
        self._part_size, self._pause = 0, CHECK_SECONDS
        self._timeouts = Timer("timeouts", self._check_part)
        self._applications = Timer("applications", self._check_applications)

    def run(self) -> None:
        """Serve until a signal."""
        # Daphne's factory takes its request class from this module attribute and has no other hook.
        http_protocol.WebRequest = CutRequest
        super().run()

    def listen_success(self, port: Any) -> None:
        self._ports.append(port)
        bound_sockets(self.ws_factory)
        super().listen_success(port)

    async def handle_reply(self, protocol: Any, message: Any) -> None:
        """Send a message of the application, which waits while its client does not read."""
        await super().handle_reply(protocol, message)
        await wait_until_read(protocol, message)

    def timeout_checker(self) -> None:
        """Start the checks of all connections."""
        self._timeouts.start()

    def application_checker(self) -> None:
        """Start the checks of all applications and of the event loop itself."""
        watch_event_loop()
        self._applications.start()

    def stop_checks(self) -> None:
        """Stop all checks."""
        self._timeouts.stop()
        self._applications.stop()

    def _check_part(self) -> float:
        """Check some of the connections: a thousand pings at once would delay all frames by 100 ms."""
        if not self._unchecked:
            self._unchecked = list(self.connections)
            self._part_size = -(-len(self._unchecked) // CHECK_PARTS)
            self._pause = CHECK_SECONDS / min(CHECK_PARTS, len(self._unchecked) or 1)
        part, self._unchecked = self._unchecked[: self._part_size], self._unchecked[self._part_size :]
        for protocol in part:
            if protocol in self.connections:
                check_limits(protocol, self.connections[protocol])
        return self._pause

    def _check_applications(self) -> float:
        for protocol, details in list(self.connections.items()):
            if check_application(protocol, details, self.application_close_timeout):
                self.connections.pop(protocol, None)
        return APPLICATION_SECONDS

    def kill_all_applications(self) -> Deferred[Any]:
        """Drain, then let Daphne end the rest."""
        drained = Deferred.fromFuture(asyncio.ensure_future(self._drain()))
        drained.addBoth(lambda _: self._end_the_rest())
        return drained

    def _end_the_rest(self) -> Any:
        # Daphne's own method expects an application in each connection; a connection that is being opened has none yet.
        self.connections = {key: each for key, each in self.connections.items() if "application_instance" in each}
        return super().kill_all_applications()

    async def _drain(self) -> None:
        shutdown.begin(self._notice)
        await asyncio.sleep(self._notice)
        for port in self._ports:
            await maybeDeferred(port.stopListening).asFuture(asyncio.get_running_loop())
        deadline = asyncio.get_running_loop().time() + shutdown.DRAIN_SECONDS
        while self._close_sockets() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(POLL_SECONDS)

    def _close_sockets(self) -> int:
        """Close the open WebSockets; returns how many connections are still active."""
        under_way = [protocol for protocol, details in self.connections.items() if not details.get("disconnected")]
        for protocol in under_way:
            if isinstance(protocol, WebSocketProtocol) and protocol.state == protocol.STATE_OPEN:
                # autobahn's close method rejects the codes that are reserved for servers.
                protocol.sendCloseFrame(code=shutdown.GOING_AWAY)
        return len(under_way)


class CommandLine(CommandLineInterface):  # type: ignore[misc]
    server_class = DrainingServer


if __name__ == "__main__":
    CommandLine.entrypoint()
