"""Which set of facts answers. A rebuild makes the next generation beside the current one and switches in one step."""

from __future__ import annotations

from typing import Any

from django.db import connection

from analytics.facts.models import Generation
from analytics.facts.rollups import TABLES

# An answer that began before a switch may still read the retired generation.
KEPT_SECONDS = 60

_RETIRED = """
SELECT number FROM facts_generation
WHERE retired_at < clock_timestamp() - make_interval(secs => %s) ORDER BY number LIMIT 1
"""


def ensure_generation(**_: Any) -> None:
    """Make the first generation if there is none. Runs after each migrate."""
    if not Generation.objects.exists():
        Generation.objects.get_or_create(number=1, defaults={"is_current": True})


def current_generation() -> int:
    """The number of the generation that answers."""
    return int(Generation.objects.values_list("number", flat=True).get(is_current=True))


def delete_retired(*, older_seconds: float = KEPT_SECONDS) -> bool:
    """Delete the facts of one retired generation; returns whether there was one."""
    with connection.cursor() as cursor:
        cursor.execute(_RETIRED, [older_seconds])
        found = cursor.fetchone()
        if found is None:
            return False
        delete_facts(found[0])
        cursor.execute("DELETE FROM facts_generation WHERE number = %s", found)
    return True


def delete_facts(generation: int) -> None:
    """Delete all rows of a generation that does not answer."""
    with connection.cursor() as cursor:
        for table in TABLES:
            statement = f"DELETE FROM {table} WHERE generation = %s"  # nosec B608 - our own tables
            cursor.execute(statement, [generation])
