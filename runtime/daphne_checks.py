"""What Daphne looks for at each connection again and again: time limits, pings, and applications that ended.

Daphne's own checks stop for ever at the first error of one connection. Here an error costs that connection and no other,
and an answer that is not whole is cut, so that it never looks whole.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from runtime.daphne_requests import CutRequest

logger = logging.getLogger(__name__)

Details = dict[str, Any]

# The messages of an application that a client which does not read holds up.
SENT = ("http.response.start", "http.response.body", "websocket.send")


def check_limits(protocol: Any, details: Details) -> None:
    """Apply the time limits of one connection, and ping it when a ping is due."""
    if details.get("disconnected"):
        return
    try:
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
    if isinstance(protocol, CutRequest):
        protocol.cut()
    elif protocol.transport is not None:
        protocol.transport.abortConnection()


async def wait_until_read(protocol: Any, message: Any) -> None:
    """Wait while the client of `protocol` does not read what it was sent, so that no answer piles up in memory."""
    writable = getattr(protocol, "writable", None)
    if writable is not None and message["type"] in SENT:
        await writable.wait()


def _end_with_error(protocol: Any, error: BaseException, *, is_gone: bool) -> None:
    logger.error("Exception inside application: %s", error, exc_info=error)
    if is_gone:
        return
    try:
        protocol.handle_exception(error)
    except Exception:
        logger.exception("The error of the connection %r could not be answered; it is cut", protocol)
        cut(protocol)
