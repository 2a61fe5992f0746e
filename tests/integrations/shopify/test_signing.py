"""Redirects of Shopify are trusted when they are signed as its own library signs them, recent, and of a shop."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from integrations.shopify.signing import (
    is_query_signed,
    is_recent,
    is_shop,
    missing_scopes,
    normalize_shop,
    sign_query,
    signed_text,
)

QUERY = {
    "code": "c0de",
    "shop": "example-shop.myshopify.com",
    "state": "s",
    "timestamp": "1796005946",
    "host": "YWRtaW4",
}
NOW = datetime.fromtimestamp(1796005946, UTC)


# Computed by Shopify's official library with the secret `hush`.
@pytest.mark.parametrize(
    ("more", "hmac", "is_valid"),
    [
        ({}, "2e07a9472c01882e6706b014614fafc7650c4f64ef527c278a866a04edee0fd9", True),
        ({"label": "a b"}, "98559c98aacbd8b9e14a99a3048edd4e2bdb4d0b65f50b740faa43e389ec5996", True),
        ({"label": "a b"}, "5985518d01a88c7c17a7c6fd7d1dc1aa1b10cb2feddc5b212c6be82b705079ca", False),
        ({"label": "a/b:c"}, "b4f63aabf0fe50b1c634f0416cbfc54082fff80b5130403ba957ce506588bb33", True),
        ({"label": "a/b:c"}, "2430b414f01a7ea113d958eea5fc44c7f7fbcc2e2bbcf9ff8ec97dcd89435c8d", False),
    ],
)
def test_a_query_is_signed_with_encoded_names_and_values(more: dict[str, str], hmac: str, is_valid: bool) -> None:
    assert is_query_signed([*(QUERY | more).items(), ("hmac", hmac)], ["hush"]) is is_valid


def test_a_space_is_written_as_percent_20() -> None:
    assert signed_text([("b", "1"), ("a", "x y"), ("hmac", "0")]) == "a=x%20y&b=1"


def test_a_query_is_accepted_by_either_of_two_secrets_and_by_no_other() -> None:
    signed = [*QUERY.items(), ("hmac", sign_query(list(QUERY.items()), "old"))]
    assert is_query_signed(signed, ["new", "old"])
    assert not is_query_signed(signed, ["new"])
    assert not is_query_signed(signed, [])


@pytest.mark.parametrize("change", ["without", "twice", "another pair", "another value"])
def test_a_changed_query_is_refused(change: str) -> None:
    hmac = ("hmac", sign_query(list(QUERY.items()), "hush"))
    changed = {
        "without": [*QUERY.items()], "twice": [*QUERY.items(), hmac, hmac], "another pair": [*QUERY.items(), ("x", "1"), hmac],
        "another value": [*(QUERY | {"shop": "other.myshopify.com"}).items(), hmac],
    }  # fmt: skip
    assert is_query_signed([*QUERY.items(), hmac], ["hush"])
    assert not is_query_signed(changed[change], ["hush"])


@pytest.mark.parametrize(
    ("timestamp", "is_valid"),
    [("1796005946", True), ("1796005856", True), ("1796006036", True), ("1796005826", False), ("1796006037", False),
     ("", False), ("-1796005946", False), ("1e9", False), ("9" * 400, False)],
)  # fmt: skip
def test_a_redirect_is_valid_for_90_seconds(timestamp: str, is_valid: bool) -> None:
    assert is_recent(timestamp, NOW) is is_valid


@pytest.mark.parametrize(
    ("domain", "is_valid"),
    [("example-shop.myshopify.com", True), ("a.myshopify.com.evil.com", False), ("evil.com/.myshopify.com", False),
     ("-a.myshopify.com", False), ("A.myshopify.com", False), (f"{'a' * 90}.myshopify.com", False), ("", False),
     ("a.myshopify.com\n", False)],
)  # fmt: skip
def test_the_domain_of_a_shop(domain: str, is_valid: bool) -> None:
    assert is_shop(domain) is is_valid


@pytest.mark.parametrize(
    "text", ["example-shop", " Example-Shop.myshopify.com ", "https://example-shop.myshopify.com/admin"]
)
def test_users_name_a_shop_in_several_ways(text: str) -> None:
    assert normalize_shop(text) == "example-shop.myshopify.com"


@pytest.mark.parametrize("text", ["", "shop.example.com", "https://evil.com/.myshopify.com", "a b"])
def test_other_texts_name_no_shop(text: str) -> None:
    assert normalize_shop(text) == ""


def test_scopes_that_were_not_granted_are_named() -> None:
    assert missing_scopes(["read_orders", "read_products"], ["write_orders"]) == ["read_products"]
    assert missing_scopes(["read_orders"], ["read_orders", "read_inventory"]) == []
