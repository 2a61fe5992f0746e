"""The proof that nothing is lost, doubled or wrong: I1-I5 and all documents, over the live data, in one snapshot."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from invoices.audit.documents import prove as prove_documents
from invoices.models import Invoice, Run
from invoices.proofs import registered_proofs
from streaming import feed as feeds

_TOTALS_DIFFER = """
SELECT count(*) FROM (
    SELECT i.series_id, i.currency, count(*) AS n, sum(subtotal) AS subtotal, sum(vat_amount) AS vat, sum(total_amount) AS total
    FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id AND s.closed_at IS NULL GROUP BY 1, 2) AS found
FULL JOIN (
    SELECT t.* FROM invoices_totals t JOIN invoices_series s ON s.id = t.series_id AND s.closed_at IS NULL
    WHERE (t.invoice_count, t.subtotal_amount, t.vat_amount, t.total_amount) <> (0, 0, 0, 0)) AS kept
    ON kept.series_id = found.series_id AND kept.currency = found.currency
WHERE (found.n, found.subtotal, found.vat, found.total)
    IS DISTINCT FROM (kept.invoice_count, kept.subtotal_amount, kept.vat_amount, kept.total_amount)
"""

_GAPS = """
SELECT s.prefix, gap.first, gap.last FROM invoices_series s CROSS JOIN LATERAL (
    SELECT coalesce(before, 0) + 1 AS first, ordinal - 1 AS last FROM (
        SELECT ordinal, lag(ordinal) OVER (ORDER BY ordinal) AS before FROM (
            SELECT ordinal FROM invoices_invoice WHERE series_id = s.id UNION ALL SELECT s.last_ordinal + 1) AS all_of_them
    ) AS pairs WHERE ordinal > coalesce(before, 0) + 1) AS gap
WHERE s.kind <> 'external' AND s.closed_at IS NULL ORDER BY s.prefix, gap.first LIMIT 100
"""

_INCOMPLETE = """
SELECT s.id FROM invoices_series s LEFT JOIN invoices_totals t ON t.series_id = s.id
WHERE s.kind <> 'external' AND s.closed_at IS NULL GROUP BY s.id HAVING s.last_ordinal <> coalesce(sum(t.invoice_count), 0)
"""
_DUPLICATES = """
SELECT count(*) FROM (SELECT 1 FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id
    WHERE s.closed_at IS NULL GROUP BY invoice_number HAVING count(*) > 1) AS doubled
"""

_WRONG_NUMBERS = """
SELECT count(*) FROM invoices_invoice i LEFT JOIN invoices_series s ON s.id = i.series_id
WHERE s.id IS NULL OR (s.closed_at IS NULL AND (
    i.ordinal > s.last_ordinal OR NOT starts_with(i.invoice_number, s.prefix || '-')
    OR (i.run_id IS NOT NULL AND i.run_id NOT IN (SELECT id FROM invoices_run))
    OR (s.kind <> 'external'
        AND i.invoice_number <> s.prefix || '-' || lpad(i.ordinal::text, greatest(6, length(i.ordinal::text)), '0'))))
"""

# NaN equals itself and lies above every number: only the upper bounds find it.
_WRONG_MONEY = """
SELECT count(*) FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id AND s.closed_at IS NULL
WHERE NOT ((subtotal > 0 OR subtotal = 0 AND has_document) AND subtotal < 1e10 AND vat_amount >= 0 AND vat_amount < 1e10
    AND total_amount = subtotal + vat_amount AND total_amount < 1e10
    AND (vat_rate IS NULL OR (vat_rate BETWEEN 0 AND 1 AND (vat_amount = round(subtotal * vat_rate, 2) OR has_document))))
"""

_RUNS = """
SELECT r.id, r.state, r.target_count, count(i.id), coalesce(max(i.run_ordinal), 0), r.final_count
FROM invoices_run r JOIN invoices_series s ON s.id = r.series_id AND s.closed_at IS NULL
LEFT JOIN invoices_invoice i ON i.run_id = r.id GROUP BY r.id ORDER BY r.id
"""


def audit() -> dict[str, Any]:
    """The report of `manage.py audit --json`. `ok` is false on any difference."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
        report: dict[str, Any] = {
            "invoices": Invoice.objects.filter(series__closed_at=None).count(),
            "totals_match": _count(_TOTALS_DIFFER) == 0,
            "number_gaps": [{"series": prefix, "first": first, "last": last} for prefix, first, last in _rows(_GAPS)],
            "duplicate_numbers": _count(_DUPLICATES),
            "wrong_numbers": _count(_WRONG_NUMBERS),
            "wrong_amounts": _count(_WRONG_MONEY),
            "feeds": [_present_feed(proof) for proof in feeds.prove()],
            "runs": [_present_run(*row) for row in _rows(_RUNS)],
            **prove_documents(),
            **{proof.name: proof.prove() for proof in registered_proofs()},
        }
    return {"ok": _is_ok(report), **report}


def gaps() -> dict[str, list[tuple[int, int]]]:
    """The missing ordinals of each open series that numbers itself, by prefix: first and last of each gap.

    Only series whose totals do not count all ordinals are looked through, so it costs next to nothing.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    for (suspect,) in _rows(_INCOMPLETE):
        for prefix, first, last in _rows(_GAPS.replace("WHERE s.kind", f"WHERE s.id = {int(suspect)} AND s.kind")):
            found.setdefault(prefix, []).append((first, last))
    return found


def _present_feed(proof: feeds.FeedProof) -> dict[str, Any]:
    return {
        "feed": proof.feed,
        "announced": proof.announced,
        "shown": proof.shown,
        "skipped": proof.skipped,
        "queued": proof.queued,
        "conserved": proof.is_conserved,
    }


def _present_run(id: int, state: str, target: int, issued: int, last: int, final: int | None) -> dict[str, Any]:
    """`exact`: ordinals 1 to issued without a hole, and as many as the state allows."""
    is_whole = issued == last and (final is None or final == issued)
    is_right = issued == target if state == Run.State.COMPLETED else issued <= target
    return {"id": id, "target": target, "issued": issued, "exact": is_whole and is_right}


def _is_ok(report: dict[str, Any]) -> bool:
    return (
        report["totals_match"]
        and not report["number_gaps"]
        and not report["duplicate_numbers"]
        and not report["wrong_numbers"]
        and not report["wrong_amounts"]
        and not report["wrong_lines"]
        and not report["wrong_vat"]
        and not report["wrong_credits"]
        and not report["chain_breaks"]
        and all(feed["conserved"] for feed in report["feeds"])
        and all(run["exact"] for run in report["runs"])
        and all(proof.is_right(report[proof.name]) for proof in registered_proofs())
    )


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _count(sql: str) -> int:
    return int(_rows(sql)[0][0])
