"""What can go wrong with a shop. The text of each says what to do."""

from __future__ import annotations


class ShopError(Exception):
    """The shop did not do what was asked of it."""


class ShopBusy(ShopError):
    """It did not answer, answered with an error of its own, or asks to wait: try again later."""

    def __init__(self, message: str, *, retry_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds


class KeysRefused(ShopError):
    """It does not accept the keys, or not for this."""


class NotWooCommerce(ShopError):
    """There is no REST API of WooCommerce at the address."""


class NotThere(ShopError):
    """It has no such order."""


class AddressRefused(ShopError):
    """We do not send requests to such an address."""
