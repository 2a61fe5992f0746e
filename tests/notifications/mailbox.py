"""A real mail server in a thread, which can refuse, be silent, and ask for encryption and a password."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from runtime.mail_url import MailServer
from tests.stack import free_port

USER, PASSWORD = "shop", "s3cret"


class Mailbox:
    """`answers` has what the server says to MAIL, RCPT and DATA, in order; without one it accepts. `mails` are accepted."""

    def __init__(self, *, context: ssl.SSLContext | None = None, is_tls: bool = False, has_users: bool = False) -> None:
        self.answers: dict[str, list[str]] = {}
        self.mails: list[tuple[str, list[str], Message]] = []
        self.logins: list[str] = []
        # Called after a message was accepted, before the answer.
        self.before_answer: Callable[[], None] = lambda: None
        self.is_silent = False
        options: dict[str, Any] = {"hostname": "127.0.0.1", "port": free_port()}
        if context and is_tls:
            options["ssl_context"] = context
        elif context:
            options |= {"tls_context": context, "require_starttls": True}
        if has_users:
            options |= {
                "authenticator": self._authenticate,
                "auth_require_tls": bool(context) and not is_tls,
                "auth_required": True,
            }
        self._controller = Controller(self, **options)
        self.server = MailServer(
            host="127.0.0.1",
            port=options["port"],
            user=USER if has_users else "",
            password=PASSWORD if has_users else "",
            is_tls=is_tls,
        )

    def __enter__(self) -> Mailbox:
        self._controller.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._controller.stop(no_assert=True)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return await self._answer("MAIL")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = await self._answer("RCPT")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await self._answer("DATA")
        if answer.startswith("250"):
            self.mails.append((envelope.mail_from, envelope.rcpt_tos, message_from_bytes(envelope.content)))
            self.before_answer()
        return answer

    async def _answer(self, verb: str) -> str:
        if self.is_silent:
            await asyncio.Event().wait()
        return self.answers[verb].pop(0) if self.answers.get(verb) else "250 OK"

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        self.logins.append(login.login.decode())
        # `handled` would mean that an answer was sent already.
        return AuthResult(success=(login.login, login.password) == (USER.encode(), PASSWORD.encode()), handled=False)
