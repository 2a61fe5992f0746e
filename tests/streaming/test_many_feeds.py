"""What is read of very many feeds: one statement for those that have something to show, and the longest queues alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from streaming import feed as feeds
from streaming.models import Feed

pytestmark = pytest.mark.django_db


def open_feeds(**queued: int) -> None:
    """Feeds of stores with these numbers of queued rows, the newest last."""
    for name, count in queued.items():
        feeds.open_feed(f"store-{name}", rate_per_second=Decimal(20))
        Feed.objects.filter(name=f"store-{name}").update(position=count)


def test_the_progress_of_all_queued_feeds_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    open_feeds(quiet=0, busy=3, other=1)
    with django_assert_num_queries(1):
        found = {display.feed: display.queued_count for display in feeds.queued_displays()}
    assert found == {"store-busy": 3, "store-other": 1}


def test_the_longest_queues_are_listed_after_the_permanent_feeds() -> None:
    open_feeds(old=0, short=1, long=9, new=0)
    permanent = feeds.permanent_feeds()
    assert feeds.longest_queues(3) == [*permanent, "store-long", "store-short", "store-new"]
