"""What the parts of the intake pass to each other. Data only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from integrations.webhooks.states import State

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """The store that an address belongs to, and the secrets that sign for it; two while one replaces the other."""

    store_id: int
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A webhook as it came. Header names are in lower case."""

    headers: Headers
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        """The value of a header; None where it is missing or there are several."""
        values = [value for key, value in self.headers if key == name]
        return values[0] if len(values) == 1 else None

    def text(self, name: bytes, length: int) -> str:
        """The header as printable ASCII of at most `length` characters; empty where it is missing."""
        value = (self.header(name) or b"").decode("ascii", "ignore")
        return "".join(each for each in value if each.isprintable())[:length]


class Refusal(Enum):
    """Why a request is not stored. A ping is answered like a webhook."""

    PING = "ping"
    UNKNOWN = "unknown address"
    BAD_SIGNATURE = "bad signature"


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """A webhook whose signature is right, to be stored. Without a store it is an orphan."""

    store_id: int | None
    platform: str
    topic: str
    body: bytes
    digest: bytes
    subject: str = ""
    event_id: str = ""
    triggered_at: datetime | None = None

    @property
    def key(self) -> tuple[int, bytes]:
        """What makes it one row."""
        return self.store_id or 0, self.digest

    @property
    def size(self) -> int:
        return len(self.body)

    @property
    def state(self) -> State:
        return State.NEW if self.store_id else State.ORPHAN


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """A stored webhook that a worker has claimed. `attempts` names the claim. A claim has the body as it is stored.

    `triggered_at` is when the shop says that it happened, where its platform says so.
    """

    id: int
    store_id: int
    platform: str
    topic: str
    subject: str
    digest: bytes
    body: bytes
    attempts: int
    received_at: datetime
    triggered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Handled:
    """What became of a webhook; `order` is the external id of the order that it is about."""

    state: State
    rule: str = ""
    message: str = ""
    order: str = ""
    is_late: bool = False


class Effect(Enum):
    """What applying a webhook now would do."""

    NOTHING = "nothing"
    UPDATE = "update"
    ISSUE = "issue"
    CREDIT = "credit"


class AskShop(Exception):
    """The body does not say enough; the webhook is applied again by a worker that may ask the shop."""


class NotNow(Exception):
    """The webhook cannot be applied yet; it is tried again later. `store_waits`: so are all that ask the same shop."""

    def __init__(self, reason: str, *, store_waits: bool = False) -> None:
        super().__init__(reason)
        self.store_waits = store_waits


def digest_of(topic: str, body: bytes) -> bytes:
    """SHA-256 of topic and body."""
    return hashlib.sha256(topic.encode() + b"\0" + body).digest()
