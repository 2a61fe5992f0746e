"""Reads the address of a mail server: `smtp://USER:PASSWORD@HOST:PORT`, `smtps://...`, or `file:` for none."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

FILE = "file:"
PORTS = {"smtp": 25, "smtps": 465}
SUBMISSION_PORT = 587
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """A mail server. `is_tls`: encrypted from the beginning; otherwise by STARTTLS where the server offers it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    is_tls: bool

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine."""
        return self.host in LOCAL_HOSTS


def parse_mail_url(url: str) -> MailServer | None:
    """The mail server; None for `file:`. Raises `ValueError` for anything else."""
    if url == FILE:
        return None
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("not a mail server's address")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("user without password")
    default = SUBMISSION_PORT if user and parts.scheme == "smtp" else PORTS[parts.scheme]
    return MailServer(
        host=parts.hostname, port=parts.port or default, user=user, password=password, is_tls=parts.scheme == "smtps"
    )
