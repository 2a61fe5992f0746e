"""A store of an account of its own on a closed product, connected with a fake shop in this process, and its people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from integrations.woocommerce.fake.server import ShopServer
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
from tests.stack import Stack
from tests.waiting import wait_for

_OPEN = """
import json
from django.contrib.auth.models import User
from accounts.models import ApiToken
from stores.members.models import Membership
from stores.models import Account
from stores.opening import Wanted, open_store

tokens = {}
def join(account, name, role):
    user = User.objects.create_user(name, password="correct horse battery staple")
    Membership.objects.create(account=account, user=user, role=role)
    token = ApiToken(user=user, name=name)
    tokens[name] = token.make()
    token.save()

mine, other = (Account.objects.create(slug=slug, name=slug) for slug in ("nordwind", "strangers"))
seller = {"name": "Nordwind GmbH", "street": "Weg 1", "city": "Kiel", "postcode": "24103", "country": "DE", "vat_id": "DE1"}
wanted = Wanted(
    name="Nord Shop", platform="woocommerce", currency="EUR", timezone="Europe/Berlin", seller=seller
)
store = open_store(mine, wanted)
for name, role in (("owner", "owner"), ("mate", "admin"), ("viewer", "viewer")):
    join(mine, name, role)
join(other, "stranger", "owner")
print(json.dumps([store.slug, tokens]))
"""


@dataclass(frozen=True, kw_only=True)
class ConnectedStore:
    """The store, the shop that sends its webhooks, and the API tokens of people by name."""

    stack: Stack
    slug: str
    shop: FakeShop
    tokens: dict[str, str]

    @property
    def feed(self) -> str:
        return f"store-{self.slug}"

    def headers(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[name]}"}


@contextmanager
def connected_store(stack: Stack) -> Iterator[ConnectedStore]:
    """Open the store, connect it, and wait until its webhooks are made."""
    done = stack.manage("shell", "-v", "0", "-c", _OPEN)
    assert done.returncode == 0, done.stderr
    slug, tokens = json.loads(done.stdout.splitlines()[-1])
    shop = FakeShop()
    with ShopServer(shop):
        keys = ("--consumer-key", KEY, "--consumer-secret", SECRET)
        done = stack.manage("connect_store", slug, "--url", shop.url, *keys)
        assert done.returncode == 0, done.stderr
        wait_for(lambda: any(hook.status == "active" for hook in shop.hooks.all.values()), "webhooks of the shop")
        yield ConnectedStore(stack=stack, slug=slug, shop=shop, tokens=tokens)
