"""Proves I5 and I7 of each feed from its rows: no announced row is lost, and sequence numbers have no repeat and no
gap.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

_PROVE = """
SELECT f.name, f.position, c.position, c.last_seq, c.skipped_count,
    coalesce((SELECT sum(count) FROM streaming_entry WHERE feed_id = f.name), 0)::bigint,
    (SELECT count(*) FROM streaming_shown WHERE feed_id = f.name),
    (SELECT coalesce(max(seq), 0) FROM streaming_shown WHERE feed_id = f.name),
    coalesce((SELECT sum(last_position - first_position + 1) FROM streaming_skip WHERE feed_id = f.name), 0)::bigint,
    (SELECT count(*) FROM (SELECT position - lag(position, 1, 0) OVER (ORDER BY seq) AS step FROM streaming_shown
        WHERE feed_id = f.name) s WHERE step < 1),
    (SELECT count(*) FROM (SELECT first - lag(last, 1, 0) OVER (ORDER BY first) AS step FROM (
        SELECT position AS first, position AS last FROM streaming_shown WHERE feed_id = f.name
        UNION ALL SELECT first_position, last_position FROM streaming_skip WHERE feed_id = f.name) AS passed) p
        WHERE step <> 1),
    (SELECT count(*) FROM (SELECT first_position - lag(first_position + count, 1, 1) OVER (ORDER BY first_position) AS gap
        FROM streaming_entry WHERE feed_id = f.name) e WHERE gap <> 0)
FROM streaming_feed f JOIN streaming_cursor c ON c.feed_id = f.name WHERE f.closed_at IS NULL ORDER BY f.name
"""


@dataclass(frozen=True, kw_only=True)
class FeedProof:
    """The sums of one feed. `is_conserved`: announced = shown + skipped + queued, and the rows confirm the sums."""

    feed: str
    announced: int
    shown: int
    skipped: int
    queued: int
    is_conserved: bool


def prove() -> list[FeedProof]:
    """The sums of every feed, in the caller's snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(_PROVE)
        return [_proof(*row) for row in cursor.fetchall()]


def _proof(
    feed: str, head: int, position: int, last_seq: int, skipped: int, entered: int, shown_rows: int, max_seq: int,
    skip_rows: int, disordered: int, untiled: int, gaps: int,
) -> FeedProof:  # fmt: skip
    queued = head - position
    return FeedProof(
        feed=feed,
        announced=head,
        shown=last_seq,
        skipped=skipped,
        queued=queued,
        is_conserved=(
            head == entered == last_seq + skipped + queued
            and last_seq == shown_rows == max_seq
            and skipped == skip_rows
            and disordered == 0
            and untiled == 0
            and gaps == 0
            and queued >= 0
        ),
    )
