"""The links in the mails of a test."""

from __future__ import annotations

import re

from django.conf import settings
from django.core import mail


def newest_link(to: str) -> str:
    """The path of the only link in the newest mail to that address. Links begin with `PUBLIC_URL`."""
    newest = next(each for each in reversed(mail.outbox) if each.to == [to])
    [path] = re.findall(rf"{re.escape(settings.PUBLIC_URL)}(/\S+)", str(newest.body))
    return str(path)


def subjects() -> list[tuple[str, str]]:
    """Recipient and subject of each mail."""
    return [(each.to[0], str(each.subject)) for each in mail.outbox]
