"""A request that ends with an error returns its database connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.db import connection, connections
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import path
from pytest_django import Settings

from runtime.handler import Handler

pytestmark = pytest.mark.django_db(transaction=True)
_used: list[Any] = []


class Broken(Exception):
    """What the view's answer breaks off with."""


def break_off(request: HttpRequest) -> StreamingHttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    _used.append(connections["default"])

    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        raise Broken

    return StreamingHttpResponse(parts())


urlpatterns = [path("break-off", break_off)]


def test_an_answer_that_breaks_off_closes_its_connection(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    with pytest.raises(Broken):
        asyncio.run(call("/break-off"))
    assert _used.pop().connection is None


async def call(address: str) -> None:
    body = asyncio.Queue[dict[str, Any]]()
    body.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    scope = {
        "type": "http",
        "method": "GET",
        "path": address,
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
    }

    async def send(message: Any) -> None:
        pass

    await Handler()(scope, body.get, send)
