"""The revenue page: what it starts from, and the feed of the menu as a filter."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from tests.analytics.sales import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(shop: Shop) -> Client:
    return Client()


def first_paint(client: Client, query: str = "") -> dict[str, Any]:
    text = client.get(f"/analytics/{query}").content.decode()
    found = re.search(r'<script id="first-paint" type="application/json">(.*?)</script>', text)
    assert found
    return dict(json.loads(found[1]))


def test_the_page_starts_from_the_real_feed_and_the_catalogue(client: Client) -> None:
    page = first_paint(client)
    assert page["hello"]["feed"] == "live"
    assert page["hello"]["items"] == []
    assert page["timezone"] == "UTC"
    assert {"revenue", "vat"} <= set(page["columns"]) <= {metric["name"] for metric in page["metrics"]}
    assert {"name": "demo", "is_test": True} in page["feeds"]


def test_the_page_follows_the_feed_that_is_chosen(client: Client) -> None:
    assert first_paint(client, "?filter.feed=demo")["hello"]["feed"] == "demo"
    assert first_paint(client, "?filter.feed=unknown")["hello"]["feed"] == "live"


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("?feed=demo", "/analytics/?filter.feed=demo"),
        ("?feed=live", "/analytics/"),
        ("?feed=demo&range=today", "/analytics/?range=today&filter.feed=demo"),
    ],
)
def test_the_feed_of_the_menu_becomes_a_filter(client: Client, query: str, address: str) -> None:
    assert client.get(f"/analytics/{query}").headers["Location"] == address


def test_an_unknown_feed_is_not_found(client: Client) -> None:
    assert client.get("/analytics/?feed=unknown").status_code == 404
