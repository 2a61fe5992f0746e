"""Every planted bug finds the function that it replaces, and is removed completely."""

from __future__ import annotations

import pytest
from django.conf import settings

from streaming import pace, queue
from streaming.feedstate import FeedState
from tests.system.chaos.planted import bugs


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(bugs.BUGS))
def test_a_bug_is_planted_and_taken_out(name: str) -> None:
    before = [FeedState.take_next, FeedState.hello, pace.due_at, queue._unseal]
    bugs.plant(name)
    assert bugs._SWAPPED or bugs.SQL[name]
    bugs.uproot()
    assert [FeedState.take_next, FeedState.hello, pace.due_at, queue._unseal] == before


def test_nothing_is_planted_in_any_other_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", "invoicedash")
    with pytest.raises(bugs.NotOurs):
        bugs.plant("early-cursor")
