"""The app that shops install: its id, its secrets and what it asks for, from the settings."""

from __future__ import annotations

from django.conf import settings

from integrations.syncing.errors import ShopError

CALLBACK = "/stores/connect/shopify/"
# Without it, Shopify shows an app the orders of the last 60 days only.
ALL_ORDERS = "read_all_orders"
# Without it, only webhooks have the customer of an order.
CUSTOMERS = "read_customers"
RECENT_DAYS = 60


class NotConfigured(ShopError):
    """The installation has no app of Shopify."""

    rule, field = "not-configured", "shop"


def secrets() -> tuple[str, ...]:
    """The secrets that sign webhooks, the present one first; two while one replaces the other."""
    found: tuple[str, ...] = settings.SHOPIFY_CLIENT_SECRETS
    return found


def client_id() -> str:
    """Raises `NotConfigured`."""
    if not settings.SHOPIFY_CLIENT_ID:
        raise NotConfigured(
            "Shopify is not set up here: the operator sets SHOPIFY_CLIENT_ID and SHOPIFY_CLIENT_SECRET."
        )
    return str(settings.SHOPIFY_CLIENT_ID)


def base_url(shop: str, own: str = "") -> str:
    """Where the shop is reached, without a slash at its end: at the address of its connection, else that of the settings."""
    return (own or settings.SHOPIFY_BASE_URL.replace("{shop}", shop)).rstrip("/")


def redirect_uri() -> str:
    """Where Shopify leads the owner back to."""
    return f"{settings.PUBLIC_URL}{CALLBACK}"
