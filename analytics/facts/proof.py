"""The proof of I12: every bucket equals the sum over its documents, as far as they are folded. In the caller's snapshot."""

from __future__ import annotations

from typing import Any

from django.db import connection

from analytics.facts.customers import CELLS
from analytics.facts.models import Audit
from analytics.facts.rollups import ROLLUPS, Rollup
from invoices.proofs import Proof

_FOLDED = "i.series_id = %(series)s AND i.ordinal <= %(through)s"
_SERIES = """
SELECT w."group", w.generation, w.series_id, w.folded_to, s.store_id, s.document, z.timezone,
    s.last_ordinal = w.folded_to AS is_folded, EXISTS (
        SELECT 1 FROM invoices_erasure e JOIN invoices_invoice i ON i.id = e.invoice_id
        WHERE i.series_id = s.id AND e.role = 'buyer') AS has_erased
FROM facts_watermark w JOIN facts_generation g ON g.number = w.generation AND g.is_current
JOIN invoices_series s ON s.id = w.series_id AND s.closed_at IS NULL
JOIN facts_zone z ON z.generation = w.generation AND z.store_id = s.store_id ORDER BY 1, 3
"""
_MISSING = """
SELECT count(*) FROM invoices_series s CROSS JOIN (VALUES ('live'), ('minute')) AS groups(name)
WHERE s.closed_at IS NULL AND s.kind <> 'purchase' AND s.last_ordinal > 0 AND NOT EXISTS (
    SELECT 1 FROM facts_watermark w JOIN facts_generation g ON g.number = w.generation AND g.is_current
    WHERE w.series_id = s.id AND w."group" = groups.name)
"""
_COMPARE = """
SELECT count(*), count(*) FILTER (WHERE {differs}) FROM ({found}) AS f FULL JOIN ({stored}) AS r ON {same}
"""
_FIRST = """
SELECT count(*), count(*) FILTER (WHERE f.first_day IS DISTINCT FROM r.first_day) FROM (
    SELECT customer_id, min(local_day) AS first_day FROM facts_customerday
    WHERE generation = %(generation)s AND kind = 'invoice' AND customer_id <> 0 GROUP BY 1
) AS f FULL JOIN (SELECT * FROM facts_firstpurchase WHERE generation = %(generation)s) AS r USING (customer_id)
"""
_COHORTS = f"""
SELECT count(*), count(*) FILTER (WHERE (coalesce(f.customers, 0), coalesce(f.net, 0))
    IS DISTINCT FROM (coalesce(r.customers, 0), coalesce(r.net, 0)))
FROM ({CELLS.format(concerned="true")}) AS f
FULL JOIN (SELECT * FROM facts_cohort WHERE generation = %(generation)s) AS r
    USING (store_id, first_month, month, currency)
"""


def prove() -> dict[str, Any]:
    """`folded`: nothing waits to be folded. `equal`: no bucket of those compared is different."""
    with connection.cursor() as cursor:
        cursor.execute(_SERIES)
        columns = ["group", "generation", "series", "through", "store", "kind", "zone", "is_folded", "has_erased"]
        parts = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(_MISSING)
        (missing,) = cursor.fetchone()
        found = [
            _compare(cursor, rollup, part) for rollup in ROLLUPS for part in parts if part["group"] == rollup.group
        ]
        for generation in {part["generation"] for part in parts}:
            found += [_counts(cursor, statement, {"generation": generation}) for statement in (_FIRST, _COHORTS)]
    differences = sum(different for _, different in found)
    return {
        "folded": missing == 0 and all(part["is_folded"] for part in parts),
        "equal": differences == 0,
        "buckets_compared": sum(compared for compared, _ in found),
        "differences": differences,
    }


def _compare(cursor: Any, rollup: Rollup, part: dict[str, Any]) -> tuple[int, int]:
    """How many buckets of a series were compared, and how many are different."""
    unknown = {*rollup.stamped, *(rollup.erasable if part["has_erased"] else ())}
    keys = [key for key in rollup.keys if key not in unknown]
    sums = ", ".join(f"sum({name}) AS {name}" for name in rollup.measures)
    by = ", ".join(keys)
    stored = f"SELECT {by}, {sums} FROM {rollup.table} WHERE generation = %(generation)s AND series_id = %(series)s GROUP BY {by}"
    found = f"SELECT {by}, {sums} FROM ({rollup.found(_FOLDED)}) AS sums GROUP BY {by}"
    either = [", ".join(f"coalesce({side}.{name}, 0)" for name in rollup.measures) for side in "fr"]
    statement = _COMPARE.format(
        found=found,
        stored=stored,
        differs=f"({either[0]}) IS DISTINCT FROM ({either[1]})",
        same=" AND ".join(f"f.{key} = r.{key}" for key in keys),
    )
    return _counts(cursor, statement, part)


def _counts(cursor: Any, statement: str, given: dict[str, Any]) -> tuple[int, int]:
    cursor.execute(statement, given)
    compared, different = cursor.fetchone()
    return int(compared), int(different)


def _say(report: dict[str, Any]) -> str:
    behind = "" if report["folded"] else "; the newest documents are not folded yet"
    return f"{report['buckets_compared']} buckets compared, {report['differences']} differ{behind}"


def _keep(report: dict[str, Any]) -> None:
    Audit.objects.create(
        is_equal=report["equal"], bucket_count=report["buckets_compared"], difference_count=report["differences"]
    )


PROOF = Proof(name="analytics", prove=prove, is_right=lambda report: bool(report["equal"]), say=_say, keep=_keep)
