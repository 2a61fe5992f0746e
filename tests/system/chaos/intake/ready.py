"""Makes the template ready for the set: accounts with a connected store each, of both platforms, and short back-offs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.system.chaos.core.ground import NO_LIMITS
from tests.system.chaos.intake import shopify
from tests.system.chaos.intake.shops import domain_of

# Two of each: a webhook for another store of the same platform is the one that may be mixed up.
PLATFORMS = {"Nordwind": "woocommerce", "Southwind": "woocommerce", "Eastwind": "shopify", "Westwind": "shopify"}
# No claim and no reading is so long that a run waits for it.
LEASE_SECONDS = 1.0
BACKOFF_SECONDS = (0.05, 0.1, 0.1, 0.2, 0.2, 0.5)
WRITE_SECONDS, ANSWER_SECONDS = 0.8, 1.0


@dataclass(frozen=True, kw_only=True)
class Site:
    """The stores by their slugs, the port of each one's shop, and the port that their webhooks are sent to."""

    slugs: tuple[str, ...]
    shop_ports: tuple[int, ...]
    web_port: int


def make_ready(shop_ports: Sequence[int], web_port: int) -> Site:
    """Open the stores and connect each with the address of a shop that does not run yet."""
    # Or each fork would import it again.
    import uvicorn.loops.auto
    import uvicorn.protocols.http.auto  # noqa: F401
    from django.conf import settings
    from django.db import connection

    settings.INTAKE_ALLOW_PRIVATE = True
    settings.PUBLIC_URL = f"http://127.0.0.1:{web_port}"
    settings.SHOPIFY_CLIENT_ID, settings.SHOPIFY_CLIENT_SECRETS = shopify.CLIENT_ID, (shopify.SECRET,)
    settings.SHOPIFY_SCOPES = shopify.SCOPES
    _compress_time()
    with connection.cursor() as cursor:
        cursor.execute(NO_LIMITS)
    slugs = tuple(_open(name, port) for name, port in zip(PLATFORMS, shop_ports, strict=True))
    # The template must have no session when it is copied.
    connection.close()
    return Site(slugs=slugs, shop_ports=tuple(shop_ports), web_port=web_port)


def _open(name: str, port: int) -> str:
    from integrations.simulation.demonstration import SELLER
    from stores.models import Account
    from stores.opening import Wanted, open_store

    account = Account.objects.create(slug=name.lower(), name=name)
    wanted = Wanted(name=name, currency="EUR", platform=PLATFORMS[name], seller=SELLER | {"name": f"{name} GmbH"})
    store = open_store(account, wanted)
    connect = {"woocommerce": _connect_woocommerce, "shopify": _connect_shopify}[PLATFORMS[name]]
    connect(store.id, name, f"http://127.0.0.1:{port}")
    return store.slug


def _connect_woocommerce(store_id: int, name: str, url: str) -> None:
    from integrations.woocommerce import connections
    from integrations.woocommerce.fake.shop import KEY, SECRET

    connections.save_connection(store_id, url=url, consumer_key=KEY, consumer_secret=SECRET)


def _connect_shopify(store_id: int, name: str, url: str) -> None:
    from integrations.shopify import connections
    from integrations.shopify.tokens import Granted

    granted = Granted(access=shopify.ACCESS, refresh=shopify.REFRESH, expires_in=3599.0, scopes=shopify.SCOPES)
    connections.save_connection(store_id, shop=domain_of(name), base_url=url, granted=granted)


def _compress_time() -> None:
    """What the intake and the reconciler wait for, a hundredth as long."""
    from django.conf import settings

    from integrations.shopify import client as graph
    from integrations.shopify import shop as shopify_shop  # noqa: F401
    from integrations.syncing import asking, history, reconciling, schedule, sync  # noqa: F401
    from integrations.webhooks import asgi, batches, claims, destinations, writing  # noqa: F401
    from integrations.woocommerce import client, handling, shop  # noqa: F401

    settings.RECONCILE_SECONDS = 0.4
    schedule.WEBHOOKS_MISSING_SECONDS, schedule.QUIET_SECONDS = 0.2, 0.4  # type: ignore[assignment]
    # Checks come before polls: on a slow machine, those of all shops must not take all the time.
    schedule.CHECK_SECONDS, schedule.REVOKED_SECONDS = 5.0, 0.5  # type: ignore[assignment]
    schedule.FAILED_SECONDS, schedule.MOST_FAILED_SECONDS = 0.1, 0.5  # type: ignore[assignment]
    sync.LEASE_SECONDS = LEASE_SECONDS  # type: ignore[assignment]
    graph.SHORTEST_PAUSE_SECONDS = 0.02
    asking.TIMEOUT_SECONDS, asking.LONGEST_RETRY_SECONDS = 2.0, 0.2
    claims.BACKOFF_SECONDS = BACKOFF_SECONDS  # type: ignore[assignment]
    claims._CLAIM = claims._CLAIM.replace(f"'{claims.CLAIM_SECONDS} s'", f"'{LEASE_SECONDS} s'")
    writing.WRITE_SECONDS = WRITE_SECONDS
    for module in (batches, destinations):
        setattr(module, "ANSWER_SECONDS", ANSWER_SECONDS)  # noqa: B010
