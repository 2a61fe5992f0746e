"""The product's outbox instead of the one that Django's test runner sets, and a data directory of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from notifications.models import Notification
from runtime.clock import ClockTimestamp
from tests.clean import empty_redis
from tests.notifications.mailbox import Mailbox


@pytest.fixture(autouse=True)
def outbox(settings: Settings, tmp_path: Path) -> None:
    empty_redis()
    settings.EMAIL_BACKEND = "notifications.backend.OutboxBackend"
    settings.EMAIL_SERVER = None
    settings.INVOICEDASH_DATA_DIR = tmp_path


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A mail server, which `EMAIL_URL` names."""
    with Mailbox() as mailbox:
        settings.EMAIL_SERVER = mailbox.server
        yield mailbox


def mail(to: str = "ann@example.com", subject: str = "Hello", body: str = "Text.\n") -> Notification:
    """A message in the outbox."""
    EmailMessage(subject, body, "shop@example.com", [to]).send()
    return Notification.objects.latest("id")


def let_all_be_due() -> None:
    Notification.objects.update(next_at=ClockTimestamp() - timedelta(seconds=1))
