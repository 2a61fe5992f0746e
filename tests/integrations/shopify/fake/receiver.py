"""What receives the webhooks of a fake shop in tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

ADDRESS = "https://desk.test/in/shopify/"


class Receiver:
    """Answers 200, or the statuses of `answers` first."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        assert url == ADDRESS
        self.requests.append((dict(headers), body))
        return self.answers.pop(0) if self.answers else 200

    @property
    def topics(self) -> list[str]:
        return self.all("Topic")

    def all(self, name: str) -> list[str]:
        """The header `X-Shopify-NAME` of each request."""
        return [headers[f"X-Shopify-{name}"] for headers, _ in self.requests]

    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.requests]
