"""Django's e-mail backend: `send_mail` writes rows to the outbox, in the caller's transaction. No request waits for SMTP."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from notifications import outbox
from notifications.outbox import Rejected


class OutboxBackend(BaseEmailBackend):
    """Named by the setting `EMAIL_BACKEND`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Put the messages into the outbox; returns how many. Raises `Rejected` unless `fail_silently`."""
        count = 0
        for message in email_messages:
            try:
                count += bool(outbox.put(message))
            except Rejected:
                if not self.fail_silently:
                    raise
        return count
