"""The audit reads one snapshot: books are in order at every moment while they are being written."""

from __future__ import annotations

import pytest

from invoices.audit import audit
from invoices.generation import producer
from invoices.models import Run
from streaming import feed as feeds
from tests.invoices.clock import let_be_due
from tests.invoices.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_books_are_in_order_at_every_moment_while_they_are_written(run: Run) -> None:
    def write() -> None:
        for count in range(1, 25):
            let_be_due(run, 3 * count)
            producer.tick()
            if count % 8 == 0:
                feeds.skip_queued("demo")

    def look() -> list[bool]:
        return [audit()["ok"] for _ in range(10)]

    *_, looks = at_once([write, write, look])
    assert looks == [True] * 10
