"""A client of the API in this process, open to everyone as under `make run`."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from tests.dashboard.api.caller import Caller


@pytest.fixture(scope="session")
def stranger() -> Client:
    """An anonymous client. One for all tests: creating one reads the name of every static file."""
    return Client()


@pytest.fixture
def api(db: None, settings: Settings, stranger: Client) -> Caller:
    settings.INVOICEDASH_OPEN = True
    cache.clear()
    return Caller(stranger)
