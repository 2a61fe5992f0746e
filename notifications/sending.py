"""Delivers what is due in the outbox, one message after another."""

from __future__ import annotations

from django.conf import settings

from notifications import claims
from notifications.models import Notification
from notifications.transports import files
from notifications.transports.errors import PermanentFailure, TemporaryFailure


def send_next() -> bool:
    """Deliver the next message that is due; returns whether there was one. No transaction is open meanwhile.

    When the process is killed between the server's acceptance and `finish`, the message is sent again after its claim.
    """
    notification = claims.claim_next()
    if notification is None:
        return False
    if notification.attempts > claims.MOST_ATTEMPTS:
        claims.bury(notification, "The process that sent it ended each time before it was done.")
        return True
    try:
        _deliver(notification)
    except PermanentFailure as error:
        claims.bury(notification, str(error))
    except TemporaryFailure as error:
        claims.postpone(notification, str(error))
    else:
        claims.finish(notification)
    return True


def _deliver(notification: Notification) -> None:
    server = settings.EMAIL_SERVER
    if server is None:
        files.deliver(notification)
        return
    # Imported where a mail server is used, because its libraries cost memory.
    from notifications.transports import smtp

    smtp.deliver(notification, server)
