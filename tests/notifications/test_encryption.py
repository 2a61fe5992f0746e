"""Passwords go to another machine only when encrypted, and a certificate that cannot be verified ends the session."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from notifications.models import Notification
from notifications.sending import send_next
from runtime.mail_url import MailServer, parse_mail_url
from tests.notifications.conftest import mail
from tests.notifications.mailbox import PASSWORD, USER, Mailbox
from tests.repo.certificate import make_certificate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for this machine, and a server's context with it."""
    directory = tmp_path_factory.mktemp("certificate")
    make_certificate(directory)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "fullchain.pem", directory / "privkey.pem")
    return directory / "fullchain.pem", context


@pytest.fixture
def trusted(certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The same, and clients trust it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    return certificate[1]


def send(server: MailServer, settings: Settings) -> Notification:
    settings.EMAIL_SERVER = replace(server, host="localhost")
    sent = mail()
    send_next()
    return Notification.objects.get(pk=sent.pk)


@pytest.mark.parametrize("is_tls", [True, False], ids=["smtps", "starttls"])
def test_an_encrypted_session_with_a_password(trusted: ssl.SSLContext, settings: Settings, is_tls: bool) -> None:
    with Mailbox(context=trusted, is_tls=is_tls, has_users=True) as mailbox:
        sent = send(mailbox.server, settings)
        assert (sent.state, sent.reason) == ("sent", "")
        assert (mailbox.logins, len(mailbox.mails)) == ([USER], 1)


@pytest.mark.parametrize("is_tls", [True, False], ids=["smtps", "starttls"])
def test_a_certificate_that_is_not_trusted(
    certificate: tuple[Path, ssl.SSLContext], settings: Settings, is_tls: bool
) -> None:
    with Mailbox(context=certificate[1], is_tls=is_tls, has_users=True) as mailbox:
        sent = send(mailbox.server, settings)
        assert sent.state == "queued"
        assert "certificate verify failed" in sent.reason
        assert mailbox.logins == []


def test_a_wrong_password_is_a_failure_that_passes_when_it_is_corrected(
    trusted: ssl.SSLContext, settings: Settings
) -> None:
    with Mailbox(context=trusted, is_tls=True, has_users=True) as mailbox:
        sent = send(replace(mailbox.server, password="wrong"), settings)
        assert sent.state == "queued"
        assert "535" in sent.reason
        assert PASSWORD not in sent.reason
        assert "wrong" not in sent.reason


def test_no_password_is_sent_to_another_machine_without_encryption(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.mail_url.LOCAL_HOSTS", ())
    with Mailbox(has_users=True) as mailbox:
        sent = send(mailbox.server, settings)
        assert (sent.state, mailbox.logins) == ("queued", [])
        assert "offers no STARTTLS" in sent.reason


@pytest.mark.parametrize(("url", "expected"), [
    ("file:", None),
    ("smtp://mail.example", ("mail.example", 25, "", "", False)),
    ("smtp://u:p%40ss@mail.example", ("mail.example", 587, "u", "p@ss", False)),
    ("smtps://u:p@[::1]:2465", ("::1", 2465, "u", "p", True)),
])  # fmt: skip
def test_an_address_of_a_mail_server_is_read(url: str, expected: tuple[str, int, str, str, bool] | None) -> None:
    found = parse_mail_url(url)
    assert (found and (found.host, found.port, found.user, found.password, found.is_tls)) == expected
    assert "p@ss" not in repr(found)
