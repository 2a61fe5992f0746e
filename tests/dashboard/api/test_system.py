"""The API of the system page: queues with their rates, and recent events."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.conf import settings
from redis import Redis

from invoices.generation import reset, runs
from invoices.issue import issue
from invoices.series import current_test_series
from runtime.broker import queue_key
from tests.dashboard.api.caller import Caller, Json
from tests.invoices.samples import draft
from tests.streaming.ledger import run_sql


def queue(api: Caller, name: str) -> Json:
    return next(found for found in api.get("/system/queues")["items"] if found["name"] == name)


def test_a_display_queue_shows_its_length_and_its_rates(api: Caller) -> None:
    issue(series_id=current_test_series().pk, drafts=[draft()] * 20)
    run_sql("UPDATE streaming_entry SET announced_at = announced_at - interval '3 seconds'")
    assert queue(api, "demo") == {
        "name": "demo", "kind": "display", "waiting": 20, "in_per_second": 2.0, "out_per_second": 0.0,
        "drain_eta_seconds": 10,
    }  # fmt: skip
    assert queue(api, "live")["waiting"] == 0


def test_the_queue_of_celery_shows_how_many_messages_wait(api: Caller) -> None:
    with Redis.from_url(settings.REDIS_URL) as redis:
        before = queue(api, "ticks")["waiting"]
        redis.rpush(queue_key("ticks"), "a message", "another")
        try:
            assert queue(api, "ticks")["waiting"] == before + 2
        finally:
            redis.ltrim(queue_key("ticks"), 0, before - 1)


def texts(api: Caller, **query: int) -> list[str]:
    return [event["text"] for event in api.get("/system/events", **query)["items"] if event["kind"] != "process"]


def test_events_show_runs_skips_and_purges_newest_first(api: Caller) -> None:
    run = runs.start(rate_per_second=Decimal("2.5"), duration_seconds=4)
    issue(series_id=run.series_id, drafts=[draft()] * 3)
    runs.stop()
    reset.reset("demo")
    reset.reset("demo", purge=True)
    prefix = run.series.prefix
    assert texts(api) == [
        f"Purge: series {prefix} closed after 3 invoices",
        "3 queued on demo were skipped by a reset",
        f"Run {run.pk} stopped: 0 of 10 issued",
        f"Run {run.pk} started: 2.5 a second for 4 seconds",
    ]
    moments = [datetime.fromisoformat(event["at"]) for event in api.get("/system/events")["items"]]
    assert moments == sorted(moments, reverse=True)
    assert len(api.get("/system/events", limit=2)["items"]) == 2


@pytest.mark.parametrize("limit", ["0", "201", "x", ""])
def test_a_bad_number_of_events_is_422(api: Caller, limit: str) -> None:
    assert api.refusal(422, "GET", "/system/events", limit=limit)["errors"][0]["field"] == "limit"
