"""Whether shops on the internet can reach this installation, and know its app. Pure."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

# The id of an app that `make run` has made, which Shopify does not know.
MADE_APP_PREFIX = "local-"
# Names that mean this machine or its own network.
_OWN_ENDINGS = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".test", ".example", ".invalid")


def is_on_the_internet(public_url: str) -> bool:
    """Whether the host of `public_url` is one of the public internet, by its name alone."""
    host = (urlsplit(public_url).hostname or "").rstrip(".")
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_OWN_ENDINGS)


def takes_keys(public_url: str) -> bool:
    """Whether WooCommerce sends keys there: it does so by https alone."""
    return public_url.startswith("https://") and is_on_the_internet(public_url)


def describe_app(client_id: str) -> dict[str, bool]:
    """Whether the installation has an app of Shopify, and whether `make run` made it, for simulated shops alone."""
    return {"is_configured": bool(client_id), "is_made": client_id.startswith(MADE_APP_PREFIX)}
