"""The pages of a feed name the store that it shows, and a feed without runs is live."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from stores.models import Account
from stores.opening import Wanted, open_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed() -> str:
    wanted = Wanted(name="Nord Shop", currency="EUR", platform="woocommerce", is_demo=True)
    return open_store(Account.objects.get(slug="main"), wanted).feed_name


@pytest.fixture
def desk(settings: Settings) -> Client:
    settings.INVOICEDASH_OPEN = True
    return Client()


def test_the_wall_of_a_demonstration_store_has_its_name_and_mark_and_is_live(desk: Client, feed: str) -> None:
    page = desk.get(f"/wall/?feed={feed}").content.decode()
    assert "<h1>Nord Shop</h1>" in page
    assert ">Demonstration</span>" in page
    assert '<strong data-testid="state">Live</strong>' in page


@pytest.mark.parametrize(("name", "word"), [("demo", "Idle"), ("live", "Live")])
def test_only_a_feed_with_runs_is_idle(desk: Client, name: str, word: str) -> None:
    for path in ("/", "/wall/", "/system/"):
        assert f'<strong data-testid="state">{word}</strong>' in desk.get(f"{path}?feed={name}").content.decode(), path


def test_the_exports_offer_the_feed_of_each_store(desk: Client, feed: str) -> None:
    assert f'<option value="{feed}">Store nord shop</option>' in desk.get("/exports/").content.decode()
