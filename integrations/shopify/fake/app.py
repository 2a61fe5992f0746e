"""The app that is installed in fake shops, and the OAuth 2.0 of one shop: codes, access tokens and rotating refresh tokens."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

from integrations.fakes.clock import Clock
from integrations.fakes.server import Reply
from integrations.shopify.fake.market import Json

ACCESS_SECONDS = 3599
REFRESH_SECONDS = 90 * 86400
API_VERSION = "2026-10"


@dataclass(kw_only=True)
class App:
    """`compliance_url` receives the topics that no shop subscribes to: they are set for the app."""

    client_id: str = "fake-client"
    secret: str = field(default="shpss_fake", repr=False)
    compliance_url: str = ""
    api_version: str = API_VERSION


def sign_query(query: Mapping[str, str], secret: str) -> str:
    """The `hmac` of an OAuth query: over its sorted pairs, in which a space is %20."""
    pairs = [
        f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items()) if name != "hmac"
    ]
    return hmac.new(secret.encode(), "&".join(pairs).encode(), "sha256").hexdigest()


def _refused(status: int, error: str, why: str) -> Reply:
    return Reply(status, {"error": error, "error_description": why})


WRONG_APP = _refused(401, "invalid_client", "The client id or the client secret is wrong.")
NO_CODE = _refused(400, "invalid_request", "The authorization code was not found or was already used.")
NO_REFRESH = _refused(400, "invalid_grant", "The refresh token is unknown, was used, or has expired.")
UNINSTALLED = _refused(401, "application_uninstalled", "The app is not installed in this shop.")


class Grant:
    """What one shop has granted the app. `scopes`: what its owner grants; None grants all that is asked."""

    def __init__(self, app: App, clock: Clock, scopes: tuple[str, ...] | None = None) -> None:
        self._app, self._clock, self.scopes = app, clock, scopes
        self.granted: tuple[str, ...] = ()
        self.is_installed = False
        self._codes: dict[str, tuple[str, ...]] = {}
        self._access: dict[str, datetime | None] = {}
        # The newest refresh token, and the one before it, which works until the newest was used.
        self._newest, self._previous = "", ""
        self._refresh_until = clock()
        self.refresh_count = 0

    def approve(self, asked: str) -> str:
        """The owner approves the scopes; returns the code."""
        wanted = tuple(filter(None, asked.replace(" ", ",").split(",")))
        code = secrets.token_hex(16)
        self._codes[code] = tuple(each for each in wanted if self.scopes is None or each in self.scopes)
        return code

    def answer(self, body: Json) -> Reply:
        """`POST /admin/oauth/access_token`."""
        if (body.get("client_id"), body.get("client_secret")) != (self._app.client_id, self._app.secret):
            return WRONG_APP
        if body.get("grant_type") == "refresh_token":
            return self._refresh(str(body.get("refresh_token", "")))
        granted = self._codes.pop(str(body.get("code", "")), None)
        if granted is None:
            return NO_CODE
        self.granted, self.is_installed = granted, True
        return Reply(200, self._tokens(is_expiring=str(body.get("expiring", "0")) == "1"))

    def is_valid(self, token: str) -> bool:
        until = self._access.get(token, self._clock())
        return self.is_installed and (until is None or until > self._clock())

    def install(self, *scopes: str) -> Json:
        """Install the app without a browser; returns the answer that has the tokens."""
        self.granted, self.is_installed = scopes, True
        return self._tokens(is_expiring=True)

    def adopt(self, access: str, refresh: str, *scopes: str) -> None:
        """Install the app with tokens that are known before."""
        self.granted, self.is_installed = scopes, True
        self._access[access] = self._clock() + timedelta(seconds=ACCESS_SECONDS)
        self._newest, self._refresh_until = refresh, self._clock() + timedelta(seconds=REFRESH_SECONDS)

    def expire_access(self) -> None:
        """Let all access tokens end now."""
        self._access = dict.fromkeys(self._access, self._clock())

    def expire_refresh(self) -> None:
        """Let all refresh tokens end now, as after 90 days without use."""
        self._newest = self._previous = ""

    def uninstall(self) -> None:
        self.is_installed, self.granted = False, ()
        self._access.clear()
        self.expire_refresh()

    def _refresh(self, given: str) -> Reply:
        if not self.is_installed:
            return UNINSTALLED
        if not given or given not in (self._newest, self._previous) or self._refresh_until <= self._clock():
            return NO_REFRESH
        self.refresh_count += 1
        self._previous = given
        return Reply(200, self._tokens(is_expiring=True))

    def _tokens(self, *, is_expiring: bool) -> Json:
        access = f"shpat_{secrets.token_hex(16)}"
        found: Json = {"access_token": access, "scope": ",".join(self.granted)}
        if not is_expiring:
            self._access[access] = None
            return found
        self._access[access] = self._clock() + timedelta(seconds=ACCESS_SECONDS)
        self._newest = f"shprt_{secrets.token_hex(16)}"
        self._refresh_until = self._clock() + timedelta(seconds=REFRESH_SECONDS)
        return found | {
            "expires_in": ACCESS_SECONDS, "refresh_token": self._newest, "refresh_token_expires_in": REFRESH_SECONDS - 1,
        }  # fmt: skip
