"""What Daphne looks for at each connection again and again: time limits, pings, and applications that ended.

Daphne's own checks stop for ever at the first error of one connection. Here an error costs that connection and no other,
and an answer that is not whole is cut, so that it never looks whole.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from daphne.http_protocol import WebRequest

logger = logging.getLogger(__name__)

Details = dict[str, Any]

# Between two looks at an answer that its client does not read.
FULL_SECONDS = 0.05


def check_limits(protocol: Any, details: Details) -> None:
    """Apply the time limits of one connection, and ping it when a ping is due."""
    if details.get("disconnected"):
        return
    try:
        if isinstance(protocol, WebRequest) and protocol._response_started:
            _check_progress(protocol, details)
        else:
            protocol.check_timeouts()
    except Exception:
        logger.exception("The check of the connection %r failed; it is cut", protocol)
        cut(protocol)


def check_application(protocol: Any, details: Details, close_timeout: float) -> bool:
    """Look at the application of one connection; returns whether the connection is over and may be forgotten.

    `close_timeout` is how many seconds an application may go on after its client has gone.
    """
    application = details.get("application_instance")
    gone_at = details.get("disconnected")
    if application is not None and not application.done():
        if gone_at and time.time() - gone_at > close_timeout:
            application.cancel()
        return False
    if application is not None:
        del details["application_instance"]
        if not application.cancelled() and (error := application.exception()):
            _end_with_error(protocol, error, is_gone=bool(gone_at))
    return bool(gone_at)


def cut(protocol: Any) -> None:
    """End the connection without a goodbye."""
    connection = _channel_of(protocol) if isinstance(protocol, WebRequest) else protocol
    transport = getattr(connection, "transport", None)
    if transport is not None:
        transport.abortConnection()


async def wait_until_read(protocol: Any, message: Any) -> None:
    """Wait while the client of `protocol` does not read what it was sent, so that no answer piles up in memory."""
    writable = getattr(protocol, "writable", None)
    if writable is not None and message["type"] == "websocket.send":
        await writable.wait()
    while isinstance(protocol, WebRequest) and _is_full(protocol):
        await asyncio.sleep(FULL_SECONDS)


def _is_full(request: WebRequest) -> bool:
    channel = _channel_of(request)
    return channel is not None and channel._waitingForTransport


def _channel_of(request: WebRequest) -> Any:
    """The connection of a request; None once it is answered."""
    return getattr(request, "channel", None)


def _check_progress(request: WebRequest, details: Details) -> None:
    """Cut an answer of which nothing was sent for as long as a whole one may take; a long one may take its time."""
    sent, at = details.get("sent", (-1, 0.0))
    if request.sentLength != sent:
        details["sent"] = (request.sentLength, time.monotonic())
    elif time.monotonic() - at > request.server.http_timeout:
        logger.warning("An answer made no progress for %s s; it is cut", request.server.http_timeout)
        cut(request)


def _end_with_error(protocol: Any, error: BaseException, *, is_gone: bool) -> None:
    logger.error("Exception inside application: %s", error, exc_info=error)
    if is_gone:
        return
    if isinstance(protocol, WebRequest) and protocol._response_started:
        cut(protocol)
        return
    try:
        protocol.handle_exception(error)
    except Exception:
        logger.exception("The error of the connection %r could not be answered; it is cut", protocol)
        cut(protocol)
