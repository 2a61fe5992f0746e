"""Puts e-mails into the outbox, within its limits."""

from __future__ import annotations

import uuid
from email.utils import parseaddr
from typing import Any

from django.core.mail.message import EmailMessage, sanitize_address
from django.db import connection, transaction

from notifications.models import Notification
from runtime.problems import Overloaded
from runtime.waking import wake_after_commit

WAKE_NAME = "notifications"
MOST_BYTES = 1024 * 1024
MOST_RECIPIENTS = 50
# Of all messages that wait.
MOST_WAITING, MOST_WAITING_BYTES = 10_000, 256 * 1024 * 1024
_WAITING = (
    "SELECT count(*), coalesce(sum(size), 0) FROM notifications_notification WHERE state IN ('queued', 'sending')"
)


class Rejected(ValueError):
    """The outbox takes no such message."""


class MessageTooLarge(Rejected):
    """The message has more bytes, or more recipients, than one may have."""


class OutboxFull(Rejected, Overloaded):
    """As many messages wait as the outbox may hold."""


@transaction.atomic
def put(message: EmailMessage) -> int:
    """Put the message into the outbox, once for each recipient; returns how many there are. Raises `Rejected`."""
    encoding = message.encoding or "utf-8"
    recipients = list(dict.fromkeys(_address(each, encoding) for each in message.recipients()))
    if len(recipients) > MOST_RECIPIENTS:
        raise MessageTooLarge(f"The message has {len(recipients)} recipients; at most {MOST_RECIPIENTS} are possible.")
    sender = _address(message.from_email, encoding)
    # The same at every attempt, so that a mail server can recognise a message that it has got before. Django's own would
    # ask the network for the name of this machine.
    message.extra_headers.setdefault("Message-ID", f"<{uuid.uuid4()}@{sender.rpartition('@')[2]}>")
    written: Any = message.message()
    content: bytes = written.as_bytes(linesep="\r\n")
    if len(content) > MOST_BYTES:
        raise MessageTooLarge(f"The message has {len(content):,} bytes; at most {MOST_BYTES:,} are possible.")
    _check_room(len(recipients), len(content))
    subject = " ".join(str(message.subject).split())[:200]
    for recipient in recipients:
        Notification.objects.create(
            recipient=recipient, sender=sender, subject=subject, content=content, size=len(content)
        )
    wake_after_commit(WAKE_NAME)
    return len(recipients)


def _address(text: str, encoding: str) -> str:
    """The address alone, in the form that SMTP takes."""
    return parseaddr(sanitize_address(text, encoding))[1]


def _check_room(count: int, size: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        waiting, waiting_bytes = cursor.fetchone()
    if waiting + count > MOST_WAITING or waiting_bytes + count * size > MOST_WAITING_BYTES:
        raise OutboxFull(f"{waiting:,} messages wait in the outbox, which can hold no more; look at /system/mail/.")
