"""Brings the search tables up to the invoices, a chunk at a time, after they are issued.

Late, doubled or never, answers stay the same: what is not covered is searched row by row. Each step is a transaction of
its own, one at a time in the whole database; it takes no lock that issuing or the pacer would wait for.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, OuterRef, Subquery, Sum

from invoices.models import Series
from invoices.models.search import Chunk
from invoices.search.parts import GRAM
from invoices.search.rows import NAMES_OF_LINE, ORDER_REFERENCE
from runtime.loops import Loop, watch

logger = logging.getLogger(__name__)

LOCK = 0x1D_0002
SMALL, LARGE = 2**11, 2**18
# A chunk of an earlier version has the words of parties alone; it is covered again when nothing else is due.
VERSION = 2
# A gram that is in a larger part of a chunk narrows nothing down; its rows are not kept.
MOST_OF_CHUNK = 4
STEP_SECONDS = 60
WITHIN_SECONDS = 3.0 * STEP_SECONDS

_NAMES = f"""
SELECT (i.ordinal - %(first)s)::int AS place, named.name FROM invoices_invoice i
CROSS JOIN LATERAL (VALUES (i.seller_name), (i.buyer_name)) AS named(name)
WHERE i.series_id = %(series)s AND i.ordinal BETWEEN %(first)s AND %(last)s
UNION ALL
SELECT (i.ordinal - %(first)s)::int, named.name FROM invoices_invoice i JOIN invoices_line l ON l.invoice_id = i.id
CROSS JOIN LATERAL (VALUES {NAMES_OF_LINE}) AS named(name)
WHERE i.series_id = %(series)s AND i.ordinal BETWEEN %(first)s AND %(last)s AND i.has_document AND named.name <> ''
"""
_WORDS = """
INSERT INTO invoices_partyword (party_id, rest)
SELECT DISTINCT id, left(substr(folded, place), 255)
FROM (SELECT id, invoices_fold(name) AS folded FROM {parties}) AS party, generate_series(1, length(folded)) AS place
WHERE (place = 1 OR substr(folded, place - 1, 1) !~ '[[:alnum:]]') AND substr(folded, place, 1) !~ '[[:space:]]'
ON CONFLICT DO NOTHING
"""
_NEW_PARTIES = f"""
WITH named AS (SELECT DISTINCT name FROM ({_NAMES}) AS names), new AS (
    INSERT INTO invoices_party (name) SELECT name FROM named
    WHERE NOT EXISTS (SELECT 1 FROM invoices_party p WHERE p.name = named.name) ORDER BY name RETURNING id, name
)
{_WORDS.format(parties="new")}
"""
# Names that an earlier version has noted with their accents.
_OLD_PARTIES = _WORDS.format(
    parties=f"invoices_party WHERE octet_length(name) <> length(name) AND name IN (SELECT name FROM ({_NAMES}) AS names)"
)
_POSTINGS = f"""
INSERT INTO invoices_posting (chunk_id, party_id, offsets)
SELECT %(chunk)s, p.id, array_agg(DISTINCT names.place ORDER BY names.place)
FROM ({_NAMES}) AS names JOIN invoices_party p ON p.name = names.name GROUP BY p.id
"""
# Our own numbers without a pattern are found by arithmetic, so what is not a document has no grams.
_GRAMS = f"""
INSERT INTO invoices_numberpart (chunk_id, gram, count, offsets)
SELECT %(chunk)s, gram, count(*), CASE WHEN count(*) <= %(most)s THEN array_agg(place ORDER BY place) END
FROM (
    SELECT DISTINCT (i.ordinal - %(first)s)::int AS place, substr(number, start, {GRAM}) AS gram FROM invoices_invoice i
    LEFT JOIN invoices_document d ON d.invoice_id = i.id
    CROSS JOIN LATERAL (VALUES (lower(coalesce(nullif(i.printed_number, ''), %(external)s::text || i.invoice_number))),
        (lower(d.external_id)), (lower({ORDER_REFERENCE}))) AS numbers(number)
    CROSS JOIN LATERAL generate_series(1, greatest(length(number) - 2, 1)) AS start
    WHERE i.series_id = %(series)s AND i.ordinal BETWEEN %(first)s AND %(last)s AND (i.has_document OR i.printed_number <> '')
        AND number <> ''
) AS found GROUP BY gram
"""

_ORPHANS = """
WITH gone AS (
    DELETE FROM invoices_party p WHERE NOT EXISTS (SELECT 1 FROM invoices_posting WHERE party_id = p.id) RETURNING id
)
DELETE FROM invoices_partyword WHERE party_id IN (SELECT id FROM gone)
"""

_running = threading.Lock()


def start() -> None:
    """Bring everything up to date in a thread of its own, unless one is running; the caller does not wait.

    Without work there is no thread, whose connection would cost a hundred times the question.
    """
    if is_anything_due() and _running.acquire(blocking=False):
        threading.Thread(target=_run, name="search-upkeep", daemon=True).start()


def _run() -> None:
    try:
        with watch("search-upkeep", within_seconds=WITHIN_SECONDS) as loop:
            _catch_up_or_log(loop)
    finally:
        connection.close()
        _running.release()


def _catch_up_or_log(loop: Loop) -> None:
    """The next sweep tries again."""
    try:
        catch_up(loop)
    except DatabaseError as error:
        logger.warning("The search tables stay behind for now: %s", error)
    except Exception:
        logger.exception("The search tables stay behind for now")


def is_anything_due() -> bool:
    """Whether a step would find something to do."""
    is_due = any(map(_next_chunk, _open_series())) or _chunks_of_purged().exists()
    return is_due or Chunk.objects.filter(version__lt=VERSION).exists()


def uncovered_count() -> int:
    """The invoices that are read row by row, and those in chunks of an earlier version."""
    covered = Chunk.objects.filter(version=VERSION, series_id__in=_open_series().values("id"))
    sums = covered.aggregate(all=Sum(F("last") - F("first") + 1))
    issued = _open_series().aggregate(all=Sum("last_ordinal"))
    return int(issued["all"] or 0) - int(sums["all"] or 0)


def catch_up(loop: Loop | None = None) -> int:
    """Cover whatever fills a chunk, and drop what purged series leave; returns the number of steps."""
    steps = 0
    while step():
        if loop is not None:
            loop.progress()
        steps += 1
    return steps


@transaction.atomic
def step() -> bool:
    """Do one step; False when nothing is due, or another process is at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(STEP_SECONDS * 1000)])
    return any(_cover_next(series) for series in _open_series()) or _drop_purged() or _cover_old()


def _open_series() -> models.QuerySet[Series]:
    """Those that may fill a chunk, with the range of their newest one: of thousands of series, one query for all."""
    newest = Chunk.objects.filter(series_id=OuterRef("pk")).order_by("-first")
    enough = Series.objects.filter(closed_at=None, last_ordinal__gte=SMALL)
    return enough.annotate(
        newest_first=Subquery(newest.values("first")[:1]), covered=Subquery(newest.values("last")[:1])
    )


def _chunks_of_purged() -> models.QuerySet[Chunk]:
    return Chunk.objects.filter(series_id__in=Series.objects.filter(closed_at__isnull=False).values("id"))


def _next_chunk(series: Any) -> tuple[int, int] | None:
    """The first and last ordinal to cover next of one of `_open_series`; sixteen small chunks that are full become a large
    one.
    """
    covered = series.covered or 0
    if covered and covered % LARGE == 0 and series.newest_first > covered - LARGE + 1:
        return covered - LARGE + 1, covered
    waiting = series.last_ordinal - covered
    if waiting >= LARGE and covered % LARGE == 0:
        return covered + 1, covered + LARGE
    return (covered + 1, covered + SMALL) if waiting >= SMALL else None


def _cover_next(series: Any) -> bool:
    """Cover the next chunk of `series`, in place of the small ones in it."""
    chunk = _next_chunk(series)
    if chunk is None:
        return False
    _drop(Chunk.objects.filter(series_id=series.pk, first__gte=chunk[0]))
    return _cover(series.pk, *chunk)


def _cover(series_id: int, first: int, last: int) -> bool:
    """Cover a range; False when an ordinal is missing in it, which only a hand can do: it is left to row by row."""
    scope = {"series": series_id, "first": first, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM invoices_invoice WHERE series_id = %(series)s AND ordinal BETWEEN %(first)s AND %(last)s",
            scope,
        )
        if cursor.fetchone()[0] != last - first + 1:
            return False
        cursor.execute(_NEW_PARTIES, scope)
        chunk = Chunk.objects.create(series_id=series_id, first=first, last=last, version=VERSION)
        cursor.execute(_POSTINGS, scope | {"chunk": chunk.pk})
        external = "" if Series.objects.filter(pk=series_id, kind=Series.Kind.EXTERNAL).exists() else None
        most = (last - first + 1) // MOST_OF_CHUNK
        cursor.execute(_GRAMS, scope | {"chunk": chunk.pk, "external": external, "most": max(most, 1)})
    return True


def _cover_old() -> bool:
    """Cover again the newest chunk of an earlier version; False when there is none."""
    old = Chunk.objects.filter(version__lt=VERSION, series_id__in=_open_series().values("id")).order_by("-id").first()
    if old is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_OLD_PARTIES, {"series": old.series_id, "first": old.first, "last": old.last})
    _drop(Chunk.objects.filter(id=old.pk))
    return _cover(old.series_id, old.first, old.last)


def _drop_purged() -> bool:
    """Drop a chunk of a purged series; after its last, the parties that no other invoice names."""
    ids = list(_chunks_of_purged().values_list("id", flat=True)[:2])
    if not ids:
        return False
    _drop(Chunk.objects.filter(id=ids[0]))
    if len(ids) == 1:
        with connection.cursor() as cursor:
            cursor.execute(_ORPHANS)
    return True


def _drop(chunks: models.QuerySet[Chunk]) -> None:
    ids = list(chunks.values_list("id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM invoices_posting WHERE chunk_id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM invoices_chunk WHERE id = ANY(%s)", [ids])
