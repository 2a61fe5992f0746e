"""What can be wrong with a shop that runs on WooCommerce. The text of each says what to do."""

from __future__ import annotations

from integrations.syncing.errors import KeysRefused, ShopError


class ReadOnlyKeys(KeysRefused):
    """The keys may read and not write, so no webhook can be made."""

    rule = "read-only-key"


class NotWooCommerce(ShopError):
    """There is no REST API of WooCommerce at the address."""

    rule = "not-woocommerce"


class PermalinksOff(NotWooCommerce):
    """WordPress has plain permalinks, with which its REST API has no addresses."""

    rule = "permalinks"
