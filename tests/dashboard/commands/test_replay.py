"""A replay from the command line: it prints its result, or one sentence for a refusal."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from invoices.models import Series
from replays.models import Replay
from tests.replays.day import BEGIN, END, issue_day

pytestmark = pytest.mark.django_db
WINDOW = {"from": "2010-12-06T09:00:00", "to": "2010-12-06T10:00:00", "speed": "60", "feed": "live"}


@pytest.fixture(autouse=True)
def day() -> None:
    issue_day(Series.objects.create(prefix="SHOP", kind=Series.Kind.EXTERNAL, feed_id="live"))


def call(**changes: str) -> str:
    out = StringIO()
    options = [part for name, value in (WINDOW | changes).items() for part in (f"--{name}", value)]
    call_command("replay", *options, stdout=out)
    return out.getvalue()


def test_the_command_starts_a_replay_and_prints_where_to_watch_it() -> None:
    said = call()
    replay = Replay.objects.get()
    assert f"?feed={replay.feed_name}" in said
    assert (replay.begins_at, replay.ends_at, replay.speed, replay.source_id) == (BEGIN, END, Decimal(60), "live")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("from", bad) for bad in ("", "yesterday", "2010-13-01")),
        *(("to", bad) for bad in ("tomorrow", "2010-12-06T09:00:00")),
        *(("speed", bad) for bad in ("0", "601", "NaN", "1e2", "fast", "")),
        *(("feed", bad) for bad in ("nowhere", "replay-1")),
    ],
)
def test_a_bad_value_is_named_in_one_sentence(option: str, value: str) -> None:
    with pytest.raises(CommandError, match=f"^--{option}: .+\\.$"):
        call(**{option: value})
    assert not Replay.objects.exists()


def test_a_window_without_an_invoice_is_refused() -> None:
    with pytest.raises(CommandError, match="no invoice"):
        call(**{"from": "2009-01-01", "to": "2009-02-01"})
