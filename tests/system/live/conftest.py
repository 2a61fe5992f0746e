"""Two running products: one that all tests share, and one behind a login that tests kill and freeze."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.stack import Stack
from tests.system.live.dashboard import Dashboard, DeafReader
from tests.system.live.people import bearer, cookies_of, log_out, login, make_people
from tests.system.live.product import Product

# Each loses its right to view in another way.
LOSERS = ("token_deleted", "user_deactivated", "group_left")


@pytest.fixture(scope="session")
def product(stack: Stack) -> Product:
    """The shared product, as the test before left it."""
    return Product(stack)


@pytest.fixture
def empty_product(product: Product) -> Product:
    """The shared product with its demo feed purged and idle, two rows a second."""
    product.clear()
    return product


@pytest.fixture(scope="session")
def idle_socket(product: Product) -> Iterator[Dashboard]:
    """A dashboard on the live feed, where nothing happens, opened early and looked at late."""
    with product.dashboard(feed="live", resumes=False) as dashboard:
        yield dashboard


@pytest.fixture(scope="session")
def deaf_reader(product: Product) -> Iterator[DeafReader]:
    """A socket that answers no ping, opened early and looked at late."""
    reader = DeafReader(product.stack.port)
    yield reader
    reader.close()


@pytest.fixture(scope="package")
def closed_stack() -> Iterator[Stack]:
    """A product of its own that asks everybody who they are."""
    with Stack(env={"INVOICEDASH_OPEN": "0"}) as running:
        yield running


@pytest.fixture(scope="package")
def tokens(closed_stack: Stack) -> dict[str, str]:
    """The API tokens of the closed product's people."""
    people: dict[str, str | None] = {"operator": "operator", "viewer": "viewer", "stranger": None}
    return make_people(Product(closed_stack), people | dict.fromkeys(LOSERS, "viewer"))


@pytest.fixture(scope="package")
def closed_product(closed_stack: Stack, tokens: dict[str, str]) -> Product:
    """The closed product, in the hands of its operator."""
    return Product(closed_stack, tokens["operator"])


@pytest.fixture(scope="package")
def losing(closed_product: Product, tokens: dict[str, str]) -> Iterator[dict[str, Dashboard]]:
    """Dashboards that were open when their people lost the right to view, some time ago; and one that kept it."""
    stack = closed_product.stack
    browser = login(stack.url, "viewer")
    headers = {name: bearer(tokens[name]) for name in (*LOSERS, "viewer")} | {"logged_out": cookies_of(browser)}
    with ExitStack() as opened:
        watchers = {
            name: opened.enter_context(Dashboard(stack.ws_url, headers=headers[name], resumes=False))
            for name in headers
        }
        user = "(SELECT id FROM auth_user WHERE username = %s)"
        closed_product.sql(f"DELETE FROM accounts_apitoken WHERE user_id = {user}", "token_deleted")
        closed_product.sql("UPDATE auth_user SET is_active = false WHERE username = %s", "user_deactivated")
        closed_product.sql(f"DELETE FROM auth_user_groups WHERE user_id = {user}", "group_left")
        log_out(browser, stack.url)
        yield watchers
