"""Access to a closed product: sessions and tokens with the right to view, for as long as they have it."""

from __future__ import annotations

import json

import pytest
from websockets.exceptions import InvalidStatus

from tests.system.live.dashboard import open_socket
from tests.system.live.people import Headers, bearer, cookies_of, login
from tests.system.live.product import Product
from tests.waiting import HANG_SECONDS

# What they find out takes half a minute: tests/system/live/test_watch.py asks.
pytestmark = pytest.mark.usefixtures("losing")


def refusal(product: Product, headers: Headers) -> int:
    with pytest.raises(InvalidStatus) as refused, open_socket(product.stack.ws_url, headers=headers):
        pass
    return refused.value.response.status_code


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}, id="an invented session"),
        pytest.param({"Cookie": "sessionid"}, id="a broken cookie"),
        pytest.param({"Authorization": "Bearer idash_invented"}, id="an invented token"),
        pytest.param({"Authorization": "Bearer "}, id="an empty token"),
        pytest.param({"Authorization": "Basic YWRtaW46YWRtaW4="}, id="a password"),
    ],
)
def test_a_stranger_is_refused_before_accept(closed_product: Product, headers: Headers) -> None:
    assert refusal(closed_product, headers) == 403


def test_someone_we_know_who_may_not_view_is_refused(closed_product: Product, tokens: dict[str, str]) -> None:
    assert refusal(closed_product, bearer(tokens["stranger"])) == 403
    assert refusal(closed_product, cookies_of(login(closed_product.stack.url, "stranger"))) == 403


@pytest.mark.parametrize("name", ["viewer", "operator"])
def test_a_token_of_someone_who_may_view_opens_a_dashboard(
    closed_product: Product, tokens: dict[str, str], name: str
) -> None:
    with open_socket(closed_product.stack.ws_url, headers=bearer(tokens[name])) as socket:
        assert json.loads(socket.recv(timeout=HANG_SECONDS))["type"] == "hello"


def test_a_session_of_someone_who_may_view_opens_a_dashboard(closed_product: Product) -> None:
    headers = cookies_of(login(closed_product.stack.url, "operator")) | {"Origin": closed_product.stack.url}
    with open_socket(closed_product.stack.ws_url, headers=headers) as socket:
        assert json.loads(socket.recv(timeout=HANG_SECONDS))["type"] == "hello"


def test_another_sites_page_is_refused_whatever_session_it_rides_on(closed_product: Product) -> None:
    headers = cookies_of(login(closed_product.stack.url, "operator")) | {"Origin": "http://evil.example"}
    assert refusal(closed_product, headers) == 403
