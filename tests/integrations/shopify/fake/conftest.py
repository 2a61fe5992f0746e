"""A fake shop of Shopify whose clock stands still, and what it sends."""

from __future__ import annotations

import pytest

from integrations.shopify.fake.shop import FakeShopify
from tests.integrations.shopify.fake.caller import Caller
from tests.integrations.shopify.fake.receiver import Receiver
from tests.integrations.woocommerce.clock import ShopClock


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def shop(clock: ShopClock, receiver: Receiver) -> FakeShopify:
    return FakeShopify(clock=clock, send=receiver.send)


@pytest.fixture
def caller(shop: FakeShopify) -> Caller:
    return Caller(shop)
