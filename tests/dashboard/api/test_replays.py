"""Replays over the API: every call accepts their feed, refusals are clear, and other feeds stay unchanged."""

from __future__ import annotations

from typing import Any

import pytest

from invoices.models import Series
from replays import player
from replays.models import Replay
from streaming import pacer
from streaming.models import Cursor
from tests.dashboard.api.caller import Caller
from tests.replays.day import BEGIN, END, issue_day, let_pass

WINDOW = {"from": "2010-12-06T09:00:00Z", "to": "2010-12-06T11:00:00+01:00", "speed": 60}


@pytest.fixture
def day(db: None) -> None:
    issue_day(Series.objects.create(prefix="SHOP", kind=Series.Kind.EXTERNAL, feed_id="live"))


@pytest.fixture
def feed(api: Caller, day: None) -> str:
    """A replay that has announced nine and shown four of them."""
    name: str = api.post("/replays", WINDOW)["feed"]
    let_pass(Replay.objects.get(), 59.2)
    player.tick()
    for _ in range(4):
        Cursor.objects.filter(feed_id=name).update(due_at="1970-01-01T00:00:00Z", shown_at=None)
        pacer.step(name)
    return name


def test_a_replay_is_started_and_shown(api: Caller, day: None) -> None:
    started = api.post("/replays", WINDOW)
    assert api.status == 201
    assert started["feed"] == f"replay-{Replay.objects.get().pk}"
    assert (started["from"], started["to"]) == ("2010-12-06T09:00:00.000000Z", "2010-12-06T10:00:00.000000Z")
    assert (started["source"], started["speed"], started["state"], started["progress"]) == ("live", 60, "running", 0)
    listed = api.get("/replays")
    assert [item["feed"] for item in listed["items"]] == [started["feed"]]
    assert listed["last_days"]["live"]["from"] == "2010-12-06T08:00:00.000000Z"
    assert listed["last_days"]["demo"] is None


def test_days_are_their_first_moment_and_sixty_is_the_usual_speed(api: Caller, day: None) -> None:
    started = api.post("/replays", {"from": "2010-12-06", "to": "2010-12-07"})
    assert (started["from"], started["to"]) == ("2010-12-06T00:00:00.000000Z", "2010-12-07T00:00:00.000000Z")
    assert (started["speed"], started["source"]) == (60, "live")


BAD: dict[str, list[Any]] = {
    "from": ["", "yesterday", "2010-13-01", "2010-12-06T09:00:00\0", 1, None, "2011-01-01"],
    "to": ["0001-01-01T00:00:00+14:00", "2010-12-06T09:00:00Z", [], "9999-99-99"],
    "speed": [0, 0.99, 600.1, -1, "60", True, 1e400],
    "feed": ["replay-1", "nowhere", "", "demo\0", 5],
    "pace": [3],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BAD.items() for value in values])
def test_a_bad_value_is_refused_by_its_field_and_nothing_is_made(
    api: Caller, day: None, field: str, value: Any
) -> None:
    problem = api.post("/replays", WINDOW | {field: value})
    if value == 1e400:
        assert api.status == 400, "Infinity is not valid JSON"
    else:
        assert api.status == 422, problem
        # A window whose beginning lies behind its end is refused by its end.
        assert [error["field"] for error in problem["errors"]] == ["to" if value == "2011-01-01" else field]
    assert not Replay.objects.exists()


def test_every_call_takes_the_feed_of_a_replay(api: Caller, feed: str) -> None:
    status = api.get("/system/status", feed=feed)
    assert (status["state"], status["run"], status["replay"]["state"]) == ("running", None, "running")
    assert (status["display"]["announced_count"], status["display"]["shown_count"]) == (9, 4)
    stats = api.get("/stats", feed=feed)
    assert (stats["feed"], stats["currency"], stats["invoice_count"]) == (feed, "SAR", 5)
    assert api.get("/stats", feed=feed, currency="EUR")["invoice_count"] == 4
    assert sum(second["issued"] for second in api.get("/stats/history", feed=feed)["items"]) == 9
    assert api.put("/feed", {"rate_per_second": 5}, feed=feed)["display"]["rate_per_second"] == 5
    assert feed in {queue["name"] for queue in api.get("/system/queues")["items"]}
    assert any(event["kind"] == "replay" for event in api.get("/system/events")["items"])
    assert api.post("/control/skip", feed=feed)["display"]["skipped_count"] == 5
    assert api.status == 200


def test_its_list_is_what_it_announced_the_newest_first(api: Caller, feed: str) -> None:
    numbers = [item["invoice_number"] for item in api.get("/invoices", feed=feed)["items"]]
    assert numbers == [
        "SHOP-s59", "INV-000005", "SHOP-s40", "INV-000004", "INV-000003", "SHOP-s12", "INV-000002", "INV-000001",
        "SHOP-s3",
    ]  # fmt: skip
    paged, cursor = [], None
    while True:
        page = api.get("/invoices", feed=feed, limit=2, **({"cursor": cursor} if cursor else {}))
        paged += [item["invoice_number"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == numbers
    before = api.get("/invoices", feed=feed, before="SHOP-s12")["items"]
    assert [item["invoice_number"] for item in before] == numbers[6:]
    assert [item["invoice_number"] for item in api.get("/invoices", feed=feed, q="shop-s1")["items"]] == ["SHOP-s12"]
    assert len(api.get("/invoices", feed=feed, q="ocean 15")["items"]) == 2
    assert len(api.get("/invoices", feed=feed, until="2010-12-06")["items"]) == 9
    assert api.get("/invoices", feed=feed, until="2010-12-05")["items"] == []
    api.refusal(422, "GET", "/invoices", feed=feed, sort="total_amount")
    api.refusal(422, "GET", "/exports/invoices.csv", feed=feed)
    api.refusal(404, "GET", "/invoices", feed=feed, before="INV-000006")


def test_stop_and_reset_work_on_it_and_start_does_not(api: Caller, feed: str) -> None:
    api.refusal(422, "POST", "/control/start", feed=feed)
    api.refusal(422, "POST", "/control/reset", b'{"purge": true}', feed=feed)
    stopped = api.post("/control/stop", feed=feed)
    assert (stopped["state"], stopped["replay"]["state"]) == ("draining", "stopped")
    api.refusal(409, "POST", "/control/stop", feed=feed)
    cleared = api.post("/control/reset", feed=feed)
    assert (cleared["state"], cleared["display"]["skipped_count"]) == ("idle", 5)


def test_a_removed_one_is_unknown_to_every_call(api: Caller, feed: str) -> None:
    assert api.client.delete(f"/api/replays/{feed}").status_code == 204
    for path in ("/stats", "/stats/history", "/system/status", "/invoices"):
        api.refusal(404, "GET", path, feed=feed)
    for path in ("/control/stop", "/control/reset", "/control/skip"):
        api.refusal(404, "POST", path, feed=feed)
    api.refusal(404, "DELETE", f"/replays/{feed}")
    api.refusal(404, "DELETE", "/replays/live")
    assert api.get("/replays")["items"] == []


def test_the_figures_of_real_invoices_do_not_move(api: Caller, day: None) -> None:
    before = [api.get("/stats", feed=feed) | {"source": ""} for feed in ("demo", "live")]
    api.post("/replays", WINDOW)
    let_pass(Replay.objects.get(), (END - BEGIN).total_seconds() / 60)
    player.tick()
    assert [api.get("/stats", feed=feed) | {"source": ""} for feed in ("demo", "live")] == before


def test_its_pages_are_there_until_it_is_removed(api: Caller, feed: str) -> None:
    for path in ("/", "/wall/", "/system/"):
        page = api.client.get(path, {"feed": feed})
        assert page.status_code == 200
        assert feed in page.content.decode()
    api.client.delete(f"/api/replays/{feed}")
    assert api.client.get("/", {"feed": feed}).status_code == 404
