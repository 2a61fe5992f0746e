"""The buyers of a store: masked on its screens, and shown to owners and admins by a switch that is audited."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from events.models import EventRow
from invoices.masking import mask_name
from invoices.models import Invoice
from orders.recording import record
from stores.queries import read_store
from streaming import feed as feeds
from tests.events.test_schemas import check
from tests.orders.samples import BUYER, order
from tests.stores.conftest import Two, two

__all__ = ["two"]

pytestmark = pytest.mark.django_db
NUMBER, MASKED = "NORD-SHOP-000001", "E. ••••"
LIST = "/api/invoices?feed=store-nord-shop"
NAMES = "/api/stores/nord-shop/names"


@pytest.fixture
def sold(two: Two) -> Two:
    assert record(read_store("nord-shop"), order()).numbers == (NUMBER,)
    return two


def buyers(client: Client, query: str = "") -> list[str]:
    return [item["buyer_name"] for item in client.get(f"{LIST}{query}").json()["items"]]


def names(client: Client, number: str = NUMBER) -> Any:
    return client.get(f"{NAMES}?numbers={number}").json()


def switch(client: Client, *, shown: bool) -> Any:
    return client.put(NAMES, {"shown": shown}, content_type="application/json")


def test_a_mask_is_the_same_for_names_of_any_length() -> None:
    assert mask_name("Anna Lindqvist") == mask_name("A") == "A. ••••"


def test_rows_of_the_feed_of_a_store_have_masked_buyers(sold: Two) -> None:
    invoice = Invoice.objects.get(invoice_number=NUMBER)
    key = (invoice.series_id, invoice.ordinal)
    for feed, buyer in (("store-nord-shop", MASKED), ("live", BUYER.name)):
        assert json.loads(feeds.kind_of(feed).load_items([key])[key])["buyer_name"] == buyer


def test_lists_name_buyers_to_owners_and_admins_alone(sold: Two) -> None:
    found = {name: buyers(sold.clients[name]) for name in ("owner", "mate", "viewer")}
    assert found == {"owner": [BUYER.name], "mate": [BUYER.name], "viewer": [MASKED]}
    assert buyers(sold.clients["viewer"], "&sort=-total_amount") == [MASKED]


def test_a_viewer_finds_invoices_by_number_and_not_by_buyer(sold: Two) -> None:
    assert buyers(sold.clients["viewer"], "&q=Erika") == []
    assert buyers(sold.clients["viewer"], f"&q={NUMBER}") == [MASKED]
    assert buyers(sold.clients["mate"], "&q=Erika") == [BUYER.name]


def test_names_are_shown_while_the_switch_of_the_session_is_on(sold: Two) -> None:
    mate = sold.clients["mate"]
    assert names(mate) == {"shown": False, "items": []}
    assert switch(mate, shown=True).json() == {"shown": True}
    assert names(mate) == {"shown": True, "items": [{"invoice_number": NUMBER, "buyer_name": BUYER.name}]}
    assert names(sold.clients["owner"]) == {"shown": False, "items": []}
    switch(mate, shown=False)
    assert names(mate) == {"shown": False, "items": []}


def test_the_audit_log_has_each_change_of_the_switch(sold: Two) -> None:
    for shown in (True, True, False):
        switch(sold.clients["mate"], shown=shown)
    events = list(EventRow.objects.filter(topic="audit.names").order_by("id"))
    assert [(event.key, event.type, event.payload["user"]) for event in events] == [
        ("nord-shop", "shown", "the mate"),
        ("nord-shop", "hidden", "the mate"),
    ]
    for event in events:
        check(event.topic, event.payload)


def test_a_viewer_turns_no_switch(sold: Two) -> None:
    assert switch(sold.clients["viewer"], shown=True).status_code == 403
    assert not EventRow.objects.filter(topic="audit.names").exists()


def test_invoices_of_other_stores_are_not_named(sold: Two) -> None:
    record(read_store(sold.foreign.slug), order())
    other = Invoice.objects.exclude(invoice_number=NUMBER).get()
    switch(sold.clients["owner"], shown=True)
    assert names(sold.clients["owner"], other.invoice_number)["items"] == []
