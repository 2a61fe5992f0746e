"""A query is sent when the shop has the points for it; what the shop says of its points counts."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.shopify.cost import Bucket, requested_points


def throttled(requested: float, available: float, maximum: float = 1000.0, rate: float = 50.0) -> dict[str, Any]:
    status = {"maximumAvailable": maximum, "currentlyAvailable": available, "restoreRate": rate}
    return {"cost": {"requestedQueryCost": requested, "actualQueryCost": None, "throttleStatus": status}}


def test_a_throttled_query_waits_for_the_points_that_are_missing() -> None:
    bucket = Bucket()
    bucket.note(throttled(752, 666), 100.0)
    assert bucket.wait_seconds(752, 100.0) == pytest.approx((752 - 666) / 50)
    assert bucket.wait_seconds(752, 101.0) == pytest.approx((752 - 716) / 50)
    assert bucket.wait_seconds(752, 102.0) == 0.0


def test_points_that_were_sent_are_gone_until_the_answer_says_more() -> None:
    bucket = Bucket()
    bucket.note(throttled(10, 1000), 0.0)
    bucket.spend(900, 0.0)
    assert bucket.wait_seconds(200, 0.0) == pytest.approx(100 / 50)
    bucket.note(throttled(900, 980), 0.0)
    assert bucket.wait_seconds(200, 0.0) == 0.0


def test_a_bucket_never_holds_more_than_its_maximum() -> None:
    bucket = Bucket()
    bucket.note(throttled(1, 10, maximum=2000, rate=100), 0.0)
    assert bucket.left(1e6) == 2000
    assert bucket.wait_seconds(5000, 1e6) == 0.0, "more never come together"


@pytest.mark.parametrize(
    "extensions", [None, [], {}, {"cost": None}, {"cost": {"throttleStatus": {"restoreRate": "x"}}}]
)
def test_an_answer_without_points_changes_nothing(extensions: Any) -> None:
    bucket = Bucket(available=7.0, read_at=5.0)
    bucket.note(extensions, 9.0)
    assert (bucket.available, bucket.read_at, requested_points(extensions)) == (7.0, 5.0, None)


def test_the_cost_of_a_query_is_that_of_the_answer() -> None:
    assert requested_points(throttled(752, 666)) == 752
