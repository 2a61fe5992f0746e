"""Keeps messages as files of the data directory, for an installation without a mail server."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from notifications.models import Notification
from notifications.transports.errors import TemporaryFailure


def directory() -> Path:
    """The directory of the files."""
    return Path(settings.INVOICEDASH_DATA_DIR / "mail")


def path_of(notification_id: int) -> Path:
    """The file of a message."""
    return directory() / f"{notification_id}.eml"


def deliver(notification: Notification) -> None:
    """Write the file, completely or not at all; a repetition writes the same file. Raises `TemporaryFailure`."""
    path = path_of(notification.pk)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{os.getpid()}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(notification.content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise TemporaryFailure(f"{path} cannot be written: {error.strerror or error}") from error
