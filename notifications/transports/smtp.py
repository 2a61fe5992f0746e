"""Sends a message to the mail server of `EMAIL_URL`, in a bounded time."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from notifications.models import Notification
from notifications.transports.errors import PermanentFailure, TemporaryFailure
from runtime.mail_url import MailServer

# For one answer of the server.
ANSWER_SECONDS = 20.0
# Until the session begins, and from then on. Both together are shorter than a claim.
CONNECT_SECONDS, SESSION_SECONDS = 120.0, 120.0
PERMANENT = 500


def deliver(notification: Notification, server: MailServer) -> None:
    """Send the message; raises `TemporaryFailure` or `PermanentFailure`."""
    try:
        with _session(server) as session:
            session.sendmail(notification.sender, [notification.recipient], bytes(notification.content))
    except smtplib.SMTPRecipientsRefused as error:
        raise _failure(*next(iter(error.recipients.values()))) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _failure(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TemporaryFailure(f"{server.host}:{server.port}: {_describe(error)}") from error


def _failure(code: int, answer: bytes | str) -> TemporaryFailure | PermanentFailure:
    """What the server said about this sender, recipient or message."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return (PermanentFailure if code >= PERMANENT else TemporaryFailure)(f"{code} {text}")


def _describe(error: Exception) -> str:
    """What a person can act on. A wrong password is here, because a correct one lets the message pass later."""
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return f"{error.smtp_code} {answer}"
    if isinstance(error, TimeoutError):
        return "timed out"
    return str(error) or type(error).__name__


@contextmanager
def _session(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A connection that is ready for a message. It is cut after `SESSION_SECONDS`, however slowly the server answers."""
    began = time.monotonic()
    session = _connect(server)
    if time.monotonic() - began > CONNECT_SECONDS:
        session.close()
        raise TimeoutError
    timer = threading.Timer(SESSION_SECONDS, _cut, [session])
    timer.daemon = True
    timer.start()
    try:
        _secure(session, server)
        if server.user:
            session.login(server.user, server.password)
        yield session
        with suppress(smtplib.SMTPException, OSError):
            session.quit()
    finally:
        timer.cancel()
        session.close()


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.is_tls:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=ANSWER_SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=ANSWER_SECONDS)


def _secure(session: smtplib.SMTP, server: MailServer) -> None:
    """Encrypt the connection where the server can. A password goes to another machine only when encrypted."""
    if server.is_tls:
        return
    session.ehlo_or_helo_if_needed()
    if session.has_extn("starttls"):
        session.starttls(context=ssl.create_default_context())
    elif server.user and not server.is_local:
        raise smtplib.SMTPNotSupportedError("the server offers no STARTTLS, and the password is not sent without it")


def _cut(session: smtplib.SMTP) -> None:
    with suppress(OSError, AttributeError):
        session.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
