"""The orders of a store are listed newest first, with accounts that are even and the documents that were issued."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from orders import live
from orders.recording import record
from orders.snapshot import OrderState
from stores.queries import StoreFacts, read_store
from tests.orders.samples import PLACED, order, refund

pytestmark = pytest.mark.django_db
ORDERS = "/api/stores/main/orders"


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.INVOICEDASH_OPEN = True
    return Client()


@pytest.fixture
def main() -> StoreFacts:
    return read_store("main")


def numbers(client: Client, query: str) -> list[str]:
    return [item["external_id"] for item in client.get(f"{ORDERS}?{query}").json()["items"]]


def test_an_order_has_its_account_its_documents_and_its_lines(client: Client, main: StoreFacts) -> None:
    record(main, order(refunds=(refund("7", "2.00"),), redeemed=Decimal("0.00")))
    found = client.get(f"{ORDERS}/18").json()
    assert (found["state"], found["invoice_state"], found["total"]) == ("open", "invoiced", "9.99")
    account = found["account"]
    assert (account["worth"], account["invoiced"], account["credited"]) == ("7.99", "9.99", "2.00")
    assert account["difference"] == "0.00"
    assert [(each["kind"], each["total_amount"]) for each in found["documents"]] == [
        ("invoice", "9.99"),
        ("credit_note", "2.00"),
    ]
    assert found["lines"] == [
        {
            "description": "Mug", "quantity": "1", "net": "8.39", "vat_rate": "0.19", "kind": "item",
            "product_code": "",
        }
    ]  # fmt: skip
    assert "Musterfrau" not in str(found)


def test_orders_are_listed_newest_first_in_pages(client: Client, main: StoreFacts) -> None:
    for day in range(3):
        record(main, order(external_id=str(day), number=f"A{day}", placed_at=PLACED + timedelta(days=day)))
    # Two of one moment, so that the page ends between them.
    record(main, order(external_id="3", number="B3", placed_at=PLACED + timedelta(days=2)))
    found: list[str] = []
    cursor = ""
    while True:
        page = client.get(f"{ORDERS}?limit=1{cursor}").json()
        found += [item["external_id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == ["3", "2", "1", "0"]


def test_orders_are_selected_by_state_and_number(client: Client, main: StoreFacts) -> None:
    record(main, order(external_id="1", number="A1"))
    record(main, order(external_id="2", number="A2", paid_at=None, state=OrderState.PLACED))
    assert numbers(client, "state=waiting") == numbers(client, "state=placed") == ["2"]
    assert numbers(client, "state=invoiced") == ["1"]
    assert sorted(numbers(client, "q=a")) == ["1", "2"]
    assert numbers(client, "q=2") == ["2"]
    assert numbers(client, "q=%25") == []


@pytest.mark.parametrize("query", ["cursor=x", "cursor=WzEsMl0", "state=none", "limit=0"])
def test_bad_parameters_are_named(client: Client, query: str) -> None:
    answer = client.get(f"{ORDERS}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("path", ["/api/stores/main/orders/404", "/api/stores/none/orders"])
def test_what_is_not_there_is_404(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_account_of_a_store_is_the_sum_of_its_orders(main: StoreFacts) -> None:
    record(main, order(external_id="1"))
    record(main, order(external_id="2", paid_at=None))
    [found] = live.read_accounts(main)["accounts"]
    wanted: dict[str, Any] = {"worth": "19.98", "invoiced": "9.99", "waiting": "9.99", "difference": "0.00"}
    assert {name: found[name] for name in wanted} == wanted
