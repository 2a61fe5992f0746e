"""The platforms that webhooks come from. Each connector registers its own when the process starts."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass

from django.utils.module_loading import import_string

from integrations.webhooks.types import Destination, Effect, Handled, Incoming, Received, Refusal, Request

PREFIX = "/in/"
Apply = Callable[[], Handled]


@dataclass(frozen=True, kw_only=True)
class Platform:
    """How webhooks of one platform come in and are applied. Each function is given by its dotted path.

    `address` matches what follows `/in/<name>/`; other addresses are Django's. `locate(address, request)` names the
    destination, unproved; `find(name)` reads it from the database, None where there is none. `read(request, destination)`
    checks the signature. `prepare(received, may_ask)` returns what applies the webhook in the caller's transaction; it may raise
    `AskShop` or `NotNow`, and so may what it returns. `preview(received)` says what that would do. `send_health(store_id)`
    sends the health of the connection to the screens of the store.
    """

    name: str
    address: re.Pattern[str]
    locate: str
    find: str
    read: str
    prepare: str
    preview: str
    send_health: str


_platforms: dict[str, Platform] = {}


def register(platform: Platform) -> None:
    _platforms[platform.name] = platform


def match(path: str) -> tuple[Platform, str] | None:
    """The platform whose webhooks come to `path`, and the rest of the address."""
    if not path.startswith(PREFIX):
        return None
    name, _, address = path.removeprefix(PREFIX).partition("/")
    platform = _platforms.get(name)
    return (platform, address) if platform and platform.address.fullmatch(address) else None


def locate(platform: Platform, address: str, request: Request) -> str:
    name: str = import_string(platform.locate)(address, request)
    return name


def find(platform: Platform, name: str) -> Destination | None:
    found: Destination | None = import_string(platform.find)(name)
    return found


def read(platform: Platform, request: Request, destination: Destination | None) -> Incoming | Refusal:
    verdict: Incoming | Refusal = import_string(platform.read)(request, destination)
    return verdict


def prepare(received: Received, *, may_ask: bool) -> Apply:
    apply: Apply = import_string(_platforms[received.platform].prepare)(received, may_ask=may_ask)
    return apply


def preview(received: Received) -> Set[Effect]:
    effects: Set[Effect] = import_string(_platforms[received.platform].preview)(received)
    return effects


def send_health(name: str, store_id: int) -> None:
    import_string(_platforms[name].send_health)(store_id)
