"""Calls the API and checks what holds for each answer: a right media type, and errors that are problem documents."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.test import Client

Json = dict[str, Any]
PROBLEM = "application/problem+json"


class Caller:
    """A client of the API; `status` and the headers of the last answer are kept."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.status = 0
        self.headers: dict[str, str] = {}

    def call(self, method: str, path: str, body: bytes = b"", **query: Any) -> Json:
        """The object that is answered to a call with these bytes."""
        address = f"/api{path}" + (f"?{urlencode(query)}" if query else "")
        answer = self.client.generic(method, address, body, content_type="application/json")
        self.status, self.headers = answer.status_code, dict(answer.headers)
        found: Json = json.loads(answer.content)
        check(self.status, self.headers["Content-Type"], found)
        return found

    def get(self, path: str, **query: Any) -> Json:
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any = None, **query: Any) -> Json:
        return self.call("POST", path, b"" if body is None else json.dumps(body).encode(), **query)

    def patch(self, path: str, body: Any = None, **query: Any) -> Json:
        return self.call("PATCH", path, json.dumps(body).encode(), **query)

    def put(self, path: str, body: Any = None, **query: Any) -> Json:
        return self.call("PUT", path, b"" if body is None else json.dumps(body).encode(), **query)

    def refusal(self, status: int, method: str, path: str, body: bytes = b"", **query: Any) -> Json:
        """The problem document of a call that must be refused with `status`."""
        found = self.call(method, path, body, **query)
        assert self.status == status, found
        return found


def check(status: int, content_type: str, body: Json) -> None:
    """Every answer of the API is JSON, and every error a problem document (RFC 9457) in a sentence."""
    if status < 400:
        assert content_type.startswith("application/json")
        return
    assert content_type == PROBLEM
    assert body["status"] == status
    assert body["title"] == ("Content Too Large" if status == 413 else HTTPStatus(status).phrase)
    assert body["type"] == "about:blank"
    assert body["detail"].endswith(".")
    assert len(body["detail"]) < 1000
