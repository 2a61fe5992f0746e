"""A store that sources push to, in this process: what is stored is taken when the test says so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from integrations.pipes import working
from quality.records import HeldRecord
from stores.queries import StoreFacts, read_store
from stores.rows import rows_of_all_stores

BATCH = "/api/v1/ingest/batch"


@dataclass
class Source:
    """A client that pushes to a store."""

    client: Client
    store: StoreFacts

    def post(self, data_type: str, data: Any, key: str = "", **more: Any) -> Any:
        """The answer to a pushed batch. `more` are members of the body."""
        body = {"source_id": "shop", "data_type": data_type, "data": data} | more
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(BATCH, json.dumps(body), content_type="application/json", headers=headers)

    def push(self, data_type: str, *records: Any, **more: Any) -> dict[str, Any]:
        """Push records and take them; returns what became of the batch."""
        answer = self.post(data_type, list(records), **more)
        assert answer.status_code == 202, answer.content
        take_all()
        return self.read(answer.json()["href"])

    def read(self, path: str) -> dict[str, Any]:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
def source(db: None, settings: Settings, tmp_path: Path) -> Source:
    """A source of the store `main`, on an open desk."""
    settings.INVOICEDASH_OPEN = True
    settings.INVOICEDASH_DATA_DIR = tmp_path
    settings.STORES_ENCRYPTION_KEYS = None
    return Source(Client(), read_store("main"))


def take_all() -> None:
    """Take all that waits."""
    while working.take_next():
        pass


def held() -> list[tuple[str, str, str]]:
    """Key, rule and state of the held records, oldest first."""
    return list(rows_of_all_stores(HeldRecord).order_by("id").values_list("key", "rule", "state"))
