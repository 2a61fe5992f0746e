"""The periodic checks of each Daphne connection: time limits, pings and ended applications.

Daphne's own checks stop permanently at the first error of one connection. Here an error affects only its connection. An
incomplete answer is cut off, so that the client does not take it for a complete one.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from runtime.daphne_requests import CutRequest

logger = logging.getLogger(__name__)

Details = dict[str, Any]

# Tasks that wait because their client does not read.
SENT = ("http.response.start", "http.response.body", "websocket.send")


def check_limits(protocol: Any, details: Details) -> None:
    """Apply the time limits of one connection, and ping the client when a ping is due."""
    if details.get("disconnected"):
        return
    try:
        protocol.check_timeouts()
    except Exception:
        logger.exception("The check of the connection %r failed; the connection is cut", protocol)
        cut(protocol)


def check_application(protocol: Any, details: Details, close_timeout: float) -> bool:
    """Check the application of one connection; returns whether the connection is over and may be removed.

    `close_timeout` is how many seconds an application may continue after its client has disconnected.
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
    """Close the connection at once, without a closing handshake."""
    if isinstance(protocol, CutRequest):
        protocol.cut()
    elif protocol.transport is not None:
        protocol.transport.abortConnection()


async def wait_until_read(protocol: Any, message: Any) -> None:
    """Wait while the client of `protocol` does not read, so that answers do not accumulate in memory."""
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
        logger.exception("The error page for the connection %r could not be sent; the connection is cut", protocol)
        cut(protocol)
