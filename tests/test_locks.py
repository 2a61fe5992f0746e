"""Foreign keys take their locks in the documented lock order."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from streaming import feed as feeds
from streaming.models import Cursor, Shown
from streaming.operations import announce
from tests.waiting import HANG_SECONDS


@pytest.mark.django_db(transaction=True)
def test_a_skip_that_waits_for_the_cursor_does_not_hold_up_the_pacer_that_commits_a_row() -> None:
    with transaction.atomic():
        announce("demo", origin_id=1, first_ordinal=1, count=3)
    skipped: list[int] = []
    holds_cursor, is_waiting = threading.Event(), threading.Event()

    def skip() -> None:
        holds_cursor.wait(HANG_SECONDS)
        is_waiting.set()
        skipped.append(feeds.skip_queued("demo"))
        connection.close()

    skipper = threading.Thread(target=skip)
    skipper.start()
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update(no_key=True).get(feed_id="demo")
        holds_cursor.set()
        is_waiting.wait(HANG_SECONDS)
        _wait_until_a_session_waits_for_a_lock()
        Shown.objects.create(feed_id="demo", seq=1, position=1, shown_at=cursor.due_at)
        cursor.position = cursor.last_seq = 1
        cursor.save()
    skipper.join(HANG_SECONDS)
    assert skipped == [2]


def _wait_until_a_session_waits_for_a_lock() -> None:
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("no transaction waited for a lock within 5 s")
