"""The feed of a store on the running product: an order of a shop is on every screen of its members, and on no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from integrations.woocommerce.fake.goods import MUG, Item
from tests.stack import Stack
from tests.system.live.dashboard import Dashboard, open_socket
from tests.system.live.shop import ConnectedStore, connected_store
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def store() -> Iterator[ConnectedStore]:
    with (
        Stack(env={"INVOICEDASH_OPEN": "0", "INTAKE_ALLOW_PRIVATE": "1"}) as stack,
        connected_store(stack) as connected,
    ):
        yield connected


def follow(store: ConnectedStore, name: str = "viewer", **options: Any) -> Dashboard:
    return Dashboard(store.stack.ws_url, headers=store.headers(name), feed=store.feed, **options)


def orders_of(screen: Dashboard, external_id: str) -> list[dict[str, Any]]:
    """What the screen was sent about an order, oldest first."""
    frames = [frame.body["order"] for frame in screen.of("order")]
    return [order for order in frames if order["external_id"] == external_id]


def status(screen: Dashboard) -> dict[str, Any]:
    return dict(screen.screen.status["store"])


def test_an_order_is_sent_with_its_invoice_and_the_figures_of_today(store: ConnectedStore) -> None:
    with follow(store) as screen:
        order = store.shop.place(Item(MUG, 3), has_shipping=True)
        store.shop.deliver()
        name = str(order.id)
        screen.wait(lambda: orders_of(screen, name), "the order")
        sent = orders_of(screen, name)[-1]
        assert (sent["invoice_state"], sent["total"], sent["currency"]) == ("invoiced", "35.80", "EUR")
        assert sent["account"]["difference"] == "0.00"
        assert [each["kind"] for each in sent["documents"]] == ["invoice"]
        assert "seq" not in screen.of("order")[0].body
        screen.wait(lambda: figure(screen, "revenue_gross") == "35.80", "the revenue of today")
        assert figure(screen, "orders_count") == 1
        screen.wait(lambda: screen.of("account"), "the account of the store")
        [account] = screen.of("account")[-1].body["accounts"]
        assert (account["orders"], account["invoiced"], account["difference"]) == (1, "35.80", "0.00")
        screen.wait(lambda: screen.screen.rows, "the row of the feed")


def figure(screen: Dashboard, name: str) -> Any:
    """The last value of a metric that was sent."""
    values = [frame.body["value"] for frame in screen.of("metric") if frame.body["name"] == name]
    return values[-1] if values else None


def test_a_screen_that_was_away_finds_the_present_state_in_its_hello(store: ConnectedStore) -> None:
    with follow(store) as screen:
        screen.go_away()
        order = store.shop.place(Item(MUG))
        store.shop.deliver()
        with follow(store, "owner") as other:
            other.wait(lambda: orders_of(other, str(order.id)) or known(other, order.id), "the order elsewhere")
        screen.come_back()
        screen.wait(lambda: screen.connections == 2 and known(screen, order.id), "the order after the return")
        state = status(screen)
        assert {each["name"] for each in state["metrics"]} >= {"orders_count", "revenue_gross", "average_order"}
        assert state["health"]["webhooks"]["received"] >= 1
        assert all(account["difference"] == "0.00" for account in state["accounts"])


def known(screen: Dashboard, order_id: int) -> bool:
    """Whether the present state that the screen was sent has the order."""
    return str(order_id) in [each["external_id"] for each in status(screen)["orders"]]


def test_the_health_of_the_source_is_sent(store: ConnectedStore) -> None:
    with follow(store) as screen:
        before = status(screen)["health"]["webhooks"]["received"]
        store.shop.place(Item(MUG))
        store.shop.deliver()
        screen.wait(lambda: screen.of("source"), "a frame of the source")
        screen.wait(lambda: status(screen)["health"]["webhooks"]["received"] > before, "the count of webhooks")
        assert screen.of("source")[-1].body["health"]["connection"]["status"] == "active"


def refusal(store: ConnectedStore, headers: dict[str, str], feed: str) -> int:
    with (
        pytest.raises(InvalidStatus) as refused,
        open_socket(store.stack.ws_url, headers=headers, feed=feed) as socket,
    ):
        socket.recv(timeout=HANG_SECONDS)
    return refused.value.response.status_code


@pytest.mark.parametrize("name", ["owner", "mate", "viewer"])
def test_members_open_the_feed(store: ConnectedStore, name: str) -> None:
    with open_socket(store.stack.ws_url, headers=store.headers(name), feed=store.feed) as socket:
        hello = json.loads(socket.recv(timeout=HANG_SECONDS))
        assert (hello["type"], hello["status"]["store"]["slug"]) == ("hello", store.slug)


def test_strangers_are_refused_as_for_an_unknown_feed(store: ConnectedStore) -> None:
    for headers in (store.headers("stranger"), {}):
        refused = [refusal(store, headers, feed) for feed in (store.feed, "store-nord-shup")]
        assert refused == [403, 403]
