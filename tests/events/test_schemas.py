"""The payloads that producers append pass the schemas under docs/events/, which users of the log rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from events.models import EventRow
from imports import importing
from invoices.generation import runs
from orders.recording import record
from stores.queries import read_store
from tests.imports.conftest import write
from tests.imports.samples import row, shop
from tests.orders.samples import BUYER, order

__all__ = ["write"]

DIRECTORY = Path(__file__).parents[2] / "docs" / "events"
TOPICS = sorted(path.stem for path in DIRECTORY.glob("*.json"))
pytestmark = pytest.mark.django_db


def schema(topic: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DIRECTORY / f"{topic}.json").read_text())
    return found


def check(topic: str, payload: Any) -> None:
    """Raises unless the payload passes, and every field of it is described."""
    described = schema(topic)
    Draft202012Validator(described, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(payload)
    assert set(payload) <= set(described["properties"])


@pytest.mark.parametrize("topic", TOPICS)
def test_a_schema_is_valid_and_its_examples_pass(topic: str) -> None:
    described = schema(topic)
    Draft202012Validator.check_schema(described)
    assert described["title"] == topic
    assert described["examples"]
    for example in described["examples"]:
        check(topic, example)


@pytest.mark.parametrize("end", ["completed", "stopped"])
def test_the_end_of_a_run_passes(end: str) -> None:
    run = runs.start(rate_per_second=Decimal("0.1"), duration_seconds=15_000, seed=7)
    if end == "stopped":
        runs.stop()
    else:
        runs.complete(run)
    event = EventRow.objects.get(topic="run.ended")
    check(event.topic, event.payload)
    assert (event.key, event.type) == (str(run.pk), end)
    assert event.payload["issued_count"] == 0


def test_the_states_of_orders_pass() -> None:
    store = read_store("main")
    record(store, order(buyer=replace(BUYER, external_id="7")))
    record(store, order(external_id="19", total="9.995", currency="KWD"))
    events = list(EventRow.objects.filter(topic="order.lifecycle").order_by("id"))
    for event in events:
        check(event.topic, event.payload)
        assert event.type == event.payload["state"]
    assert [event.payload["user_id"] for event in events] == ["7", None]


def test_the_end_of_an_import_passes_and_is_reported_once(write: Any) -> None:
    path = write(row("1"), row("2", "-5", "0", CustomerID=""), row("3", "x"))
    for _ in range(2):
        importing.import_files([path], shop(), created_by="ann")
    event = EventRow.objects.get(topic="import.finished")
    check(event.topic, event.payload)
    assert (event.payload["created_by"], event.payload["counts"]["documents"]) == ("ann", 1)


def test_an_import_of_several_batches_is_reported_with_the_last(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH_DOCUMENTS", 1)
    path = write(row("1"), row("2"))
    steps = importing.import_steps(
        [path], ["2.csv"], importing.ImportRequest(options=shop(), created_by="ann", folder=path.parent)
    )
    while not EventRow.objects.exists():
        next(steps)
    assert EventRow.objects.get().payload["counts"]["documents"] == 2
