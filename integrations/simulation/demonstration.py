"""The demonstration stores that fake shops are connected with. Deleting one removes every row of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle, islice

from integrations.simulation.platforms import SHOPIFY, WOOCOMMERCE
from stores.models import DEFAULT_ACCOUNT_ID, Account, Store
from stores.opening import Wanted, open_store

SELLER = {"street": "Hafenstr. 1", "city": "Kiel", "postcode": "24103", "country": "DE", "vat_id": "DE136695976"}
# Of the stores of each platform.
NAMES = {WOOCOMMERCE: "Demo shop", SHOPIFY: "Demo Shopify"}


def demonstration_stores(count: int, platforms: Sequence[str]) -> Iterator[str]:
    """The slugs of `count` demonstration stores, of the platforms in turn; opens those that are missing."""
    numbers = dict.fromkeys(platforms, 0)
    for each in islice(cycle(platforms), count):
        numbers[each] += 1
        yield _store(f"{NAMES[each]} {numbers[each]}", each)


def _store(name: str, platform: str) -> str:
    usable = Store.objects.filter(account_id=DEFAULT_ACCOUNT_ID, name=name, is_demo=True, platform=platform)
    found = usable.exclude(status=Store.Status.ERASED).values_list("slug", flat=True).first()
    if found is not None:
        return found
    account = Account.objects.get(pk=DEFAULT_ACCOUNT_ID)
    wanted = Wanted(
        name=name, currency="EUR", platform=platform, seller=SELLER | {"name": f"{name} GmbH"}, is_demo=True
    )
    return open_store(account, wanted).slug
