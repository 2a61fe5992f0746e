"""Connects a shop: the keys are proved before they are kept, so that keys of another shop are never kept."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from integrations.syncing.errors import AddressRefused, KeysRefused, ShopError
from integrations.woocommerce import NAME, connections
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.errors import NotWooCommerce, ReadOnlyKeys
from stores import connecting
from stores.queries import StoreFacts

if TYPE_CHECKING:
    from integrations.woocommerce.client import ShopClient

MOST_URL_CHARACTERS = 200


def connect(store: StoreFacts, *, url: str, consumer_key: str, consumer_secret: str) -> None:
    """Connect `store` with the shop at `url`; the reconciler makes its webhooks.

    Raises a `ShopError` that says what is wrong with the shop, and `WrongState` for a store that cannot have one.
    """
    connecting.check_connectable(store, NAME)
    address = check_url(url)
    keys = {"consumer_key": consumer_key.strip(), "consumer_secret": consumer_secret.strip()}
    currency = prove_keys(store, url=address, **keys)
    connections.save_connection(store.id, url=address, currency=currency, **keys)


def prove_keys(store: StoreFacts, *, url: str, consumer_key: str, consumer_secret: str) -> str:
    """Ask the shop at `url` whether the keys may read and write; returns the currency of the shop, empty where it does
    not say. Raises a `ShopError`.
    """
    return prove(
        ShopConnection(
            store=store, url=url, consumer_key=consumer_key, consumer_secret=consumer_secret, intake_key="",
            webhook_secrets=(),
        )
    )  # fmt: skip


def check_url(url: str) -> str:
    """The address of a shop without a slash at its end; raises `AddressRefused`."""
    parts = _split(url.strip())
    if parts is None or len(url) > MOST_URL_CHARACTERS:
        raise AddressRefused(f"{url[:100]!r} is not the address of a shop: use one such as https://shop.example.com.")
    if parts.scheme == "http" and not settings.INTAKE_ALLOW_PRIVATE:
        raise AddressRefused("Shops are connected by https; plain http needs INTAKE_ALLOW_PRIVATE=1.")
    return url.strip().rstrip("/")


def _split(url: str) -> SplitResult | None:
    """The parts of the address of a shop; None for any other text."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    has_more = parts.username is not None or parts.query or parts.fragment
    return parts if is_address and not has_more else None


def prove(connection: ShopConnection) -> str:
    """Read an order and write nothing by a call that needs the right to write; returns the currency of the shop."""
    # The web process asks a shop for this only. What asks takes 2 MB.
    from integrations.woocommerce.client import ShopClient

    with ShopClient(connection) as client:
        if not isinstance(client.get("/orders", per_page=1), list):
            raise NotWooCommerce("The address does not answer like WooCommerce.")
        try:
            client.post("/webhooks/batch", {})
        except KeysRefused as error:
            raise ReadOnlyKeys("The keys may only read: make keys with the permission Read/Write.") from error
        return _read_currency(client)


def _read_currency(client: ShopClient) -> str:
    """The currency that the shop sells in; empty where it does not say, and is connected all the same."""
    try:
        found = client.get("/data/currencies/current")
    except ShopError:
        return ""
    return str(found.get("code", "")) if isinstance(found, dict) else ""
