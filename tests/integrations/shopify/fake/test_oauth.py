"""The OAuth of the fake shop is as Shopify documents it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from integrations.shopify.fake.app import ACCESS_SECONDS, Grant, sign_query
from integrations.shopify.fake.shop import FakeShopify
from tests.integrations.shopify.fake.caller import SCOPES, Caller
from tests.integrations.woocommerce.clock import ShopClock

BACK = quote("https://desk.test/stores/connect/shopify/", safe="")
QUERY = f"client_id=fake-client&scope=read_orders,read_products&redirect_uri={BACK}&state=s%20t"


def test_the_owner_is_led_back_with_a_signed_code(caller: Caller) -> None:
    back = caller.authorize(QUERY)
    assert (back["shop"], back["state"]) == ("example.myshopify.com", "s t")
    assert back["hmac"] == sign_query(back, "shpss_fake")
    assert back["timestamp"] == str(int(caller.shop.clock().timestamp()))


def test_a_space_is_signed_as_percent_20() -> None:
    assert sign_query({"b": "x y", "a": "1", "hmac": "0"}, "s") != sign_query({"b": "x+y", "a": "1"}, "s")
    # Of openssl: printf 'a=1&b=x%20y' | openssl dgst -sha256 -hmac s
    assert sign_query({"b": "x y", "a": "1"}, "s") == "7c237ff129887e339ecfdd94c06fd1a168980add2fc17edf2138a0610314ab1d"


def test_a_code_is_exchanged_once_for_expiring_tokens(caller: Caller) -> None:
    code = caller.authorize(QUERY)["code"]
    found = caller.exchange(code=code, expiring="1").body
    assert (found["scope"], found["expires_in"]) == ("read_orders,read_products", ACCESS_SECONDS)
    assert caller.shop.grant.is_valid(found["access_token"])
    assert caller.exchange(code=code, expiring="1").status == 400


def test_without_expiring_the_token_has_no_end(caller: Caller, clock: ShopClock) -> None:
    found = caller.exchange(code=caller.authorize(QUERY)["code"]).body
    clock.move(10 * ACCESS_SECONDS)
    assert "refresh_token" not in found
    assert caller.shop.grant.is_valid(found["access_token"])


def test_the_owner_may_grant_less_than_is_asked(shop: FakeShopify, clock: ShopClock) -> None:
    caller = Caller(shop)
    shop.grant = Grant(shop.app, clock, scopes=("read_products",))
    assert caller.exchange(code=caller.authorize(QUERY)["code"], expiring="1").body["scope"] == "read_products"


@pytest.mark.parametrize("wrong", [{"client_secret": "other"}, {"client_id": "other"}])
def test_another_app_is_refused(caller: Caller, wrong: dict[str, str]) -> None:
    assert caller.exchange(code=caller.authorize(QUERY)["code"], **wrong).status == 401
    assert caller.ask("GET", "/admin/oauth/authorize?client_id=other").status == 401


def test_an_access_token_ends_and_is_refreshed(caller: Caller, clock: ShopClock) -> None:
    refresh = caller.shop.grant.install(*SCOPES)["refresh_token"]
    clock.move(ACCESS_SECONDS)
    assert caller.send("{ shop { name } }").status == 401
    caller.token = caller.exchange(grant_type="refresh_token", refresh_token=refresh).body["access_token"]
    assert caller.send("{ shop { name } }").status == 200


def test_the_previous_refresh_token_works_until_the_new_one_was_used(caller: Caller) -> None:
    first = caller.shop.grant.install(*SCOPES)["refresh_token"]
    lost = caller.exchange(grant_type="refresh_token", refresh_token=first).body["refresh_token"]
    second = caller.exchange(grant_type="refresh_token", refresh_token=first).body["refresh_token"]
    assert caller.exchange(grant_type="refresh_token", refresh_token=lost).status == 400
    assert caller.exchange(grant_type="refresh_token", refresh_token=second).status == 200
    assert caller.exchange(grant_type="refresh_token", refresh_token=first).status == 400


def test_tokens_end_on_demand_and_with_the_app(caller: Caller) -> None:
    refresh = caller.shop.grant.install(*SCOPES)["refresh_token"]
    caller.shop.grant.expire_access()
    assert caller.send("{ shop { name } }").status == 401
    caller.shop.grant.expire_refresh()
    assert caller.exchange(grant_type="refresh_token", refresh_token=refresh).status == 400
    caller.shop.uninstall()
    assert caller.exchange(grant_type="refresh_token", refresh_token=refresh).status == 401
