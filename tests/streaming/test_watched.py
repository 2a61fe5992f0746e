"""Frames of the apps above are made only for feeds that a screen follows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from streaming import operations
from streaming.snapshots import read_feed
from streaming.watched import is_watched
from tests.clean import empty_redis
from tests.streaming.sent import SentFrames

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent() -> Iterator[SentFrames]:
    found = SentFrames(watched="live")
    yield found
    found.close()


def test_no_frame_is_made_for_a_feed_without_a_screen(sent: SentFrames) -> None:
    made: list[str] = []

    def make(feed: str) -> list[dict[str, Any]]:
        made.append(feed)
        return [{"type": "order"}]

    with transaction.atomic():
        for feed in ("demo", "live"):
            operations.send_frames(feed, partial(make, feed))
        assert made == [], "the content is that after the commit"
    assert (made, [frame["feed"] for frame in sent.read()]) == (["live"], ["live"])


def test_a_feed_is_watched_from_the_read_of_a_status_on() -> None:
    empty_redis()
    read_feed("demo", None, False)
    assert not is_watched("demo")
    read_feed("demo", None, True)
    assert (is_watched("demo"), is_watched("live")) == (True, False)


def test_an_error_while_a_frame_is_made_leaves_the_commit(sent: SentFrames) -> None:
    def fail() -> list[dict[str, Any]]:
        raise RuntimeError("broken")

    with transaction.atomic():
        operations.send_frames("live", fail)
    assert sent.read() == []
