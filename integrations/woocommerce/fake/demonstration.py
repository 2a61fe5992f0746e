"""The demonstration stores that fake shops are connected with. Deleting one removes every row of it."""

from __future__ import annotations

from integrations.woocommerce import NAME
from stores.models import DEFAULT_ACCOUNT_ID, Account, Store
from stores.opening import Wanted, open_store

SELLER = {"street": "Hafenstr. 1", "city": "Kiel", "postcode": "24103", "country": "DE", "vat_id": "DE136695976"}


def demonstration_store(number: int) -> str:
    """The slug of the demonstration store of that number; opens it where it is missing."""
    name = f"Demo shop {number}"
    usable = Store.objects.filter(account_id=DEFAULT_ACCOUNT_ID, name=name, is_demo=True, platform=NAME)
    found = usable.exclude(status=Store.Status.ERASED).values_list("slug", flat=True).first()
    if found is not None:
        return found
    account = Account.objects.get(pk=DEFAULT_ACCOUNT_ID)
    wanted = Wanted(name=name, currency="EUR", platform=NAME, seller=SELLER | {"name": f"{name} GmbH"}, is_demo=True)
    return open_store(account, wanted).slug
