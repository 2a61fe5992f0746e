"""The score of a source by day: the share of its records that were taken, at first and by now, in parts and in money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from quality.holding import Origin
from quality.records import Drift
from quality.rule_types import Part
from runtime.formats import iso
from stores.rows import rows_of

_COUNTS = ("received", "accepted", "duplicates", "held", "rejected", *(f"not_{part}" for part in Part))
_ADD = f"""
INSERT INTO quality_sourceday AS d (store_id, source_id, source, data_type, day, {", ".join(_COUNTS)})
VALUES (%(store)s, %(source_id)s, %(source)s, %(data_type)s, %(day)s, {", ".join(f"%({name})s" for name in _COUNTS)})
ON CONFLICT (source_id, data_type, day) DO UPDATE SET {", ".join(f"{name} = d.{name} + excluded.{name}" for name in _COUNTS)}
"""
_NOTE = """
INSERT INTO quality_drift AS d (store_id, source_id, source, data_type, field, records)
SELECT %(store)s, %(source_id)s, %(source)s, %(data_type)s, field, records
FROM unnest(%(fields)s::text[], %(records)s::bigint[]) AS given(field, records)
WHERE (SELECT count(*) FROM quality_drift k WHERE k.source_id = %(source_id)s AND k.data_type = %(data_type)s) < %(most)s
    OR EXISTS (SELECT FROM quality_drift k
        WHERE k.source_id = %(source_id)s AND k.data_type = %(data_type)s AND k.field = given.field)
ORDER BY field
ON CONFLICT (source_id, data_type, field) DO UPDATE SET records = d.records + excluded.records, last_at = clock_timestamp()
"""
# Of a source and type; names that are data would be without end.
MOST_DRIFT = 1000
_DAYS = f"""
SELECT day, {", ".join(f"sum({name})::bigint" for name in _COUNTS)}, (
    SELECT count(*) FROM quality_heldrecord h WHERE h.store_id = %(store)s AND h.received_on = d.day
        AND h.state IN ('accepted', 'replaced') AND (%(source)s = '' OR h.source = %(source)s)
) FROM quality_sourceday d
WHERE store_id = %(store)s AND day BETWEEN %(since)s AND %(until)s AND (%(source)s = '' OR source = %(source)s)
GROUP BY day ORDER BY day
"""
_AMOUNTS = """
SELECT received_on, currency, sum(amount) FROM quality_heldrecord
WHERE store_id = %(store)s AND received_on BETWEEN %(since)s AND %(until)s AND state = 'open' AND currency <> ''
    AND (%(source)s = '' OR source = %(source)s)
GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(slots=True)
class Counts:
    """What became of the records of a chunk; `wrong` counts them by the part of the score that they broke."""

    received: int = 0
    accepted: int = 0
    duplicates: int = 0
    held: int = 0
    rejected: int = 0
    wrong: Mapping[Part, int] = field(default_factory=dict)


def add(origin: Origin, counts: Counts, drift: Mapping[str, int]) -> None:
    """Add a chunk to the day of its records, and note the fields that its entity does not have."""
    given: dict[str, Any] = {
        "store": origin.store_id, "source_id": origin.source_id, "source": origin.source, "data_type": origin.data_type,
        "day": origin.received_on, "fields": list(drift), "records": list(drift.values()),
        "most": MOST_DRIFT,
    }  # fmt: skip
    given |= {name: getattr(counts, name) for name in _COUNTS if not name.startswith("not_")}
    given |= {f"not_{part}": counts.wrong.get(part, 0) for part in Part}
    with connection.cursor() as cursor:
        cursor.execute(_ADD, given)
        if drift:
            cursor.execute(_NOTE, given)


def read_days(store_id: int, source: str, since: date, until: date) -> list[dict[str, Any]]:
    """The days of a store on which records came, of all sources (`source` is empty) or of one, oldest first."""
    given: dict[str, Any] = {"store": store_id, "source": source, "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_AMOUNTS, given)
        amounts: dict[date, list[dict[str, str]]] = {}
        for day, currency, amount in cursor.fetchall():
            amounts.setdefault(day, []).append({"currency": currency, "amount": f"{amount:.2f}"})
        cursor.execute(_DAYS, given)
        return [_day(row, amounts.get(row[0], [])) for row in cursor.fetchall()]


def read_drift(store_id: int, source: str) -> list[dict[str, Any]]:
    """The fields that records have and their entities do not, the newest first."""
    rows = rows_of(Drift, store_id).order_by("-last_at")
    return [
        {
            "source_id": row.source, "data_type": row.data_type, "field": row.field, "records": row.records,
            "first_at": iso(row.first_at), "last_at": iso(row.last_at),
        }
        for row in (rows.filter(source=source) if source else rows)[:200]
    ]  # fmt: skip


def _day(row: Sequence[Any], amounts: list[dict[str, str]]) -> dict[str, Any]:
    day, *numbers, corrected = row
    counts = dict(zip(_COUNTS, numbers, strict=True))
    received, good = counts["received"], counts["accepted"] + counts["duplicates"]
    return {
        "day": day.isoformat(),
        **{name: counts[name] for name in ("received", "accepted", "duplicates", "held", "rejected")},
        "score_first": _share(good, received),
        "score_now": _share(min(received, good + corrected), received),
        "parts": {str(part): _share(received - counts[f"not_{part}"], received) for part in Part},
        "held_amount": amounts,
    }


def _share(good: int, received: int) -> float | None:
    return round(good / received, 4) if received else None
