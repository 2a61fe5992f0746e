"""The platforms whose shops can be simulated."""

from __future__ import annotations

from importlib.util import find_spec

from django.utils.module_loading import import_string

from integrations.simulation.shops import Open

WOOCOMMERCE, SHOPIFY = "woocommerce", "shopify"
# Each is imported when it is needed: the fake Shopify needs graphql-core, which only development installs.
_OPENERS = {
    WOOCOMMERCE: "integrations.simulation.woocommerce.SimulatedWooCommerce",
    SHOPIFY: "integrations.simulation.shopify.SimulatedShopify",
}
PLATFORMS = tuple(_OPENERS)
NOT_INSTALLED = "The fake Shopify needs graphql-core: install requirements-dev.lock"


class NotSimulated(Exception):
    """The fake shop of this platform cannot run here."""


def installed() -> list[str]:
    """The platforms whose fake shops can run here."""
    return [each for each in PLATFORMS if each != SHOPIFY or find_spec("graphql") is not None]


def opener_of(platform: str) -> Open:
    """What opens a shop for a store of the platform, or of WooCommerce for one of no platform; raises `NotSimulated`."""
    if platform in PLATFORMS and platform not in installed():
        raise NotSimulated(f"{NOT_INSTALLED}, or use --platform {WOOCOMMERCE}.")
    found: Open = import_string(_OPENERS.get(platform, _OPENERS[WOOCOMMERCE]))
    return found
