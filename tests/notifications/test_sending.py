"""Messages reach a real mail server once, wait after failures that pass, and are dead after those that do not."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from pytest_django import Settings

from notifications import claims
from notifications.claims import BACKOFF_SECONDS, CLAIM_SECONDS, MOST_ATTEMPTS
from notifications.models import Notification
from notifications.sending import send_next
from notifications.transports import smtp
from runtime.clock import ClockTimestamp
from runtime.environment import BASE_DIR
from runtime.mail_url import MailServer
from tests.invoices.children import database_url
from tests.invoices.threads import at_once
from tests.notifications.conftest import let_all_be_due, mail
from tests.notifications.mailbox import Mailbox
from tests.stack import free_port
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)
SEND = "import django; django.setup(); from notifications.sending import send_next; send_next()"


def read(notification: Notification) -> Notification:
    return Notification.objects.get(pk=notification.pk)


def wait_seconds(notification: Notification) -> float:
    """How long the message waits for its next attempt."""
    found = Notification.objects.annotate(wait=F("next_at") - ClockTimestamp()).get(pk=notification.pk)
    wait: timedelta = found.wait
    return wait.total_seconds()


def test_a_message_is_delivered_and_its_text_deleted(mailbox: Mailbox) -> None:
    sent = mail(body="Text.\n.\nA line with a dot.\n")
    assert send_next()
    assert not send_next()
    [(sender, recipients, message)] = mailbox.mails
    assert (sender, recipients) == ("shop@example.com", ["ann@example.com"])
    assert message.get_payload() == "Text.\r\n.\r\nA line with a dot.\r\n"
    row = read(sent)
    assert (row.state, row.attempts, bytes(row.content)) == ("sent", 1, b"")
    assert row.ended_at is not None


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_an_answer_4xx_is_followed_by_another_attempt(
    mailbox: Mailbox, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not due again before the looks below, on any machine.
    monkeypatch.setattr("notifications.claims.BACKOFF_SECONDS", (HANG_SECONDS, *BACKOFF_SECONDS[1:]))
    sent = mail()
    mailbox.answers[verb] = ["451 4.7.1 greylisted, try again later"]
    send_next()
    row = read(sent)
    assert (row.state, row.reason) == ("queued", "451 4.7.1 greylisted, try again later")
    assert 0 < wait_seconds(sent) <= HANG_SECONDS
    assert not send_next()
    let_all_be_due()
    send_next()
    assert (read(sent).state, len(mailbox.mails)) == ("sent", 1)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_an_answer_5xx_is_final(mailbox: Mailbox, verb: str) -> None:
    sent = mail()
    mailbox.answers[verb] = ["550 5.1.1 no such user"]
    send_next()
    row = read(sent)
    assert (row.state, row.reason, row.attempts) == ("dead", "550 5.1.1 no such user", 1)
    assert bytes(row.content)


def test_attempts_come_later_and_later_until_the_message_is_dead(mailbox: Mailbox) -> None:
    sent = mail()
    mailbox.answers["RCPT"] = ["450 busy"] * MOST_ATTEMPTS
    for number, seconds in enumerate(BACKOFF_SECONDS, start=1):
        send_next()
        assert (read(sent).state, read(sent).attempts) == ("queued", number)
        # However slow this machine is, the next attempt is not due before the previous back-off is over.
        assert wait_seconds(sent) <= seconds
        let_all_be_due()
    assert BACKOFF_SECONDS == (10, 60, 300, 1800, 7200, 21_600)
    send_next()
    row = read(sent)
    assert (row.state, row.reason, row.attempts) == ("dead", "450 busy", 7)


def test_a_dead_message_that_is_retried_has_all_its_attempts_again(mailbox: Mailbox) -> None:
    sent = mail()
    mailbox.answers["RCPT"] = ["550 no such user"]
    send_next()
    claims.retry(sent.pk)
    assert (read(sent).state, read(sent).attempts, read(sent).ended_at) == ("queued", 0, None)
    send_next()
    assert (read(sent).state, read(sent).reason, len(mailbox.mails)) == ("sent", "", 1)


def test_a_server_that_is_not_there_is_a_failure_that_passes(settings: Settings) -> None:
    settings.EMAIL_SERVER = MailServer(host="127.0.0.1", port=free_port(), user="", password="", is_tls=False)
    sent = mail()
    send_next()
    row = read(sent)
    assert (row.state, row.attempts) == ("queued", 1)
    assert row.reason.startswith(f"127.0.0.1:{settings.EMAIL_SERVER.port}: ")


def test_a_server_that_gives_no_answer_is_a_failure_that_passes(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "ANSWER_SECONDS", 0.5)
    mailbox.is_silent = True
    sent = mail()
    send_next()
    assert read(sent).state == "queued"
    assert "timed out" in read(sent).reason


def test_a_server_that_answers_byte_by_byte_is_cut(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "SESSION_SECONDS", 0.5)
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        settings.EMAIL_SERVER = MailServer(host="127.0.0.1", port=port, user="", password="", is_tls=False)
        dripping = threading.Thread(target=drip, args=[listening, ended])
        dripping.start()
        sent = mail()
        send_next()
        assert ended.wait(HANG_SECONDS)
        dripping.join(HANG_SECONDS)
    assert read(sent).state == "queued"


def drip(listening: socket.socket, ended: threading.Event) -> None:
    """Greet, and then never end an answer."""
    connection, _ = listening.accept()
    with connection:
        connection.sendall(b"220 ready\r\n")
        try:
            while not ended.wait(0.02):
                connection.sendall(b"2")
        except OSError:
            ended.set()


def test_several_senders_send_each_message_once(mailbox: Mailbox) -> None:
    for number in range(20):
        mail(f"{number}@example.com")
    while any(at_once([send_next] * 4)):
        pass
    recipients = sorted(recipient for _, [recipient], _ in mailbox.mails)
    assert recipients == sorted(f"{number}@example.com" for number in range(20))
    assert set(Notification.objects.values_list("state", flat=True)) == {"sent"}


def test_a_message_that_is_being_sent_is_left_to_its_sender(mailbox: Mailbox) -> None:
    mail()
    claimed = claims.claim_next()
    assert claimed is not None
    assert not send_next()
    assert CLAIM_SECONDS - HANG_SECONDS <= wait_seconds(claimed) <= CLAIM_SECONDS
    assert smtp.CONNECT_SECONDS + smtp.SESSION_SECONDS < CLAIM_SECONDS


def test_a_sender_that_lost_its_claim_changes_nothing(mailbox: Mailbox) -> None:
    mail()
    late = claims.claim_next()
    assert late is not None
    let_all_be_due()
    current = claims.claim_next()
    assert current is not None
    assert not claims.finish(late)
    assert not claims.bury(late, "late")
    assert claims.finish(current)


def test_a_message_whose_sender_ends_each_time_is_dead(mailbox: Mailbox) -> None:
    sent = mail()
    for _ in range(MOST_ATTEMPTS):
        assert claims.claim_next()
        let_all_be_due()
    send_next()
    assert (read(sent).state, mailbox.mails) == ("dead", [])
    assert "ended each time" in read(sent).reason


def test_a_kill_after_the_acceptance_is_the_one_moment_that_sends_twice(mailbox: Mailbox) -> None:
    """Both have the same Message-ID, by which mail servers recognise a repetition."""
    sent = mail()
    sender = subprocess.Popen([sys.executable, "-c", SEND], cwd=BASE_DIR, env=environment(mailbox))
    mailbox.before_answer = lambda: os.kill(sender.pid, signal.SIGKILL)
    assert sender.wait(HANG_SECONDS) == -signal.SIGKILL
    mailbox.before_answer = lambda: None
    assert read(sent).state == "sending"
    let_all_be_due()
    send_next()
    assert read(sent).state == "sent"
    assert len(mailbox.mails) == 2
    assert len({message["Message-ID"] for _, _, message in mailbox.mails}) == 1


def environment(mailbox: Mailbox) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "invoicedash.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{mailbox.server.port}",
    }


def test_without_a_mail_server_a_message_becomes_a_file(tmp_path: Path) -> None:
    sent = mail(body="Text.\n")
    send_next()
    path = tmp_path / "mail" / f"{sent.pk}.eml"
    assert path.read_bytes().endswith(b"\r\n\r\nText.\r\n")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert read(sent).state == "sent"


def test_a_file_that_cannot_be_written_is_a_failure_that_passes(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    sent = mail()
    send_next()
    assert read(sent).state == "queued"
    assert "cannot be written" in read(sent).reason
