"""`send_mail` writes rows, in the transaction of the caller and within the limits of the outbox."""

from __future__ import annotations

from email import message_from_bytes

import pytest
from django.core.mail import BadHeaderError, EmailMessage, send_mail
from django.db import transaction

from notifications import outbox
from notifications.models import Notification
from notifications.outbox import MessageTooLarge, OutboxFull
from tests.notifications.conftest import mail

pytestmark = pytest.mark.django_db


def test_a_message_is_a_row_for_each_recipient() -> None:
    message = EmailMessage(
        "Hello", "Text.", "Shop <shop@example.com>", ["Ann <ann@example.com>"],
        bcc=["bob@example.com"], cc=["carl@example.com"],
    )  # fmt: skip
    assert message.send() == 1
    rows = Notification.objects.order_by("id")
    assert [row.recipient for row in rows] == ["ann@example.com", "carl@example.com", "bob@example.com"]
    assert {(row.sender, row.subject, row.state) for row in rows} == {("shop@example.com", "Hello", "queued")}
    content = bytes(rows[0].content)
    assert b"bob@example.com" not in content
    assert message_from_bytes(content)["Message-ID"].endswith("@example.com>")


def test_a_message_is_rolled_back_with_its_fact() -> None:
    with transaction.atomic():
        mail()
        transaction.set_rollback(True)
    assert not Notification.objects.exists()


def test_addresses_and_subjects_in_any_script_are_kept() -> None:
    send_mail("Grüße \N{SNOWMAN}", "Text.", "shop@exämple.com", ["ann@exämple.com"])
    row = Notification.objects.get()
    assert (row.subject, row.recipient) == ("Grüße \N{SNOWMAN}", "ann@xn--exmple-cua.com")


def test_a_line_break_in_a_header_is_refused() -> None:
    with pytest.raises(BadHeaderError):
        send_mail("Hello\nBcc: eve@example.com", "Text.", None, ["ann@example.com"])
    assert not Notification.objects.exists()


def test_a_message_that_is_too_large_is_refused() -> None:
    with pytest.raises(MessageTooLarge, match="at most 1,048,576"):
        mail(body="x" * outbox.MOST_BYTES)
    with pytest.raises(MessageTooLarge, match="51 recipients"):
        send_mail("Hello", "Text.", None, [f"{number}@example.com" for number in range(51)])
    assert send_mail("Hello", "x" * outbox.MOST_BYTES, None, ["ann@example.com"], fail_silently=True) == 0


@pytest.mark.parametrize("limit", ["MOST_WAITING", "MOST_WAITING_BYTES"])
def test_a_full_outbox_takes_no_message_until_one_is_delivered(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    first = mail()
    monkeypatch.setattr(outbox, limit, 1 if limit == "MOST_WAITING" else first.size + 1)
    with pytest.raises(OutboxFull, match="1 messages wait"):
        mail()
    Notification.objects.all().delete()
    mail()
