"""Rebuild: the next generation is made beside the current one, which goes on answering, and then takes over in one step."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Now

from analytics.facts.fold import fold, fold_series, read_behind
from analytics.facts.generations import delete_facts
from analytics.facts.models import Generation
from analytics.facts.rollups import LIVE, MINUTE

MOST_DOCUMENTS = 20_000
# One rebuild at a time (docs/locks.md).
_LOCK = 0x1D0003
_HOLD = 'SELECT 1 FROM facts_watermark WHERE generation = %s ORDER BY "group", series_id FOR UPDATE'


class RebuildRunning(RuntimeError):
    """Another rebuild is at work."""


def rebuild() -> int:
    """Make all facts again, with the zones and categories of now; returns the generation that answers from then on.

    Raises `RebuildRunning`. What an interrupted rebuild left is deleted first.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise RebuildRunning("Another rebuild of figures is at work: wait for its end.")
        try:
            return _rebuild()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _rebuild() -> int:
    _delete_unfinished()
    highest = Generation.objects.aggregate(highest=Max("number"))["highest"] or 0
    number = Generation.objects.create(number=highest + 1).number
    for group in (LIVE, MINUTE):
        while fold(group, generation=number, most=MOST_DOCUMENTS):
            pass
    _switch(number)
    return number


def _delete_unfinished() -> None:
    for number in Generation.objects.filter(is_current=False, retired_at=None).values_list("number", flat=True):
        delete_facts(number)
        Generation.objects.filter(number=number).delete()


@transaction.atomic
def _switch(number: int) -> None:
    """Make `number` current, and at least as far as the current one: no answer goes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', '20s', true)")
        # First, as a restatement does.
        current = Generation.objects.select_for_update().get(is_current=True)
        cursor.execute(_HOLD, [current.number])
    for group in (LIVE, MINUTE):
        for each in read_behind(group, number):
            fold_series(group, each.series, generation=number, most=each.count)
    Generation.objects.filter(is_current=True).update(is_current=False, retired_at=Now())
    Generation.objects.filter(number=number).update(is_current=True)
