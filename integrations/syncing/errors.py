"""What can go wrong with a shop. The text of each says what to do.

`rule` names the problem for programs; `field` is the field of a connection that the user corrects.
"""

from __future__ import annotations


class NotConnected(LookupError):
    """The store has no connection with a shop."""


class ShopError(Exception):
    """The shop did not do what was asked of it."""

    rule, field = "shop", "url"


class ShopBusy(ShopError):
    """It did not answer, answered with an error of its own, or asks to wait: try again later."""

    rule = "unreachable"

    def __init__(self, message: str, *, retry_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds


class BadCertificate(ShopBusy):
    """Its certificate is not valid, or is that of another host."""

    rule = "certificate"


class KeysRefused(ShopError):
    """It does not accept the keys, or not for this."""

    rule, field = "wrong-key", "consumer_key"


class NotThere(ShopError):
    """It has no such order."""


class AddressRefused(ShopError):
    """We do not send requests to such an address."""

    rule = "address"
