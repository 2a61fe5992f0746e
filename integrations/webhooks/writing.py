"""Writes a batch of webhooks by one statement, on a connection of its own outside the pool of the requests.

A webhook that is there already is counted, in a second transaction before the answer. One that only names an id says
nothing of the state it reports, so it is applied again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection as django_connection

from integrations.webhooks.batches import NotStored
from integrations.webhooks.sealing import seal
from integrations.webhooks.types import Incoming
from stores.keys import read_keyring

logger = logging.getLogger(__name__)

# Shorter than the answer may take, so that a silent server costs no more than one batch.
WRITE_SECONDS = 1.8
_STORE = """
WITH stored AS (
    INSERT INTO webhooks_delivery (
        store_id, platform, topic, subject, digest, event_id, triggered_at, body, size, state
    )
    SELECT store_id, platform, topic, subject, digest, event_id, triggered_at, body, size, state FROM unnest(
        %(store_id)s::bigint[], %(platform)s::text[], %(topic)s::text[], %(subject)s::text[], %(digest)b::bytea[],
        %(event_id)s::text[], %(triggered_at)s::timestamptz[], %(body)b::bytea[], %(size)s::int[], %(state)s::text[]
    ) AS given(store_id, platform, topic, subject, digest, event_id, triggered_at, body, size, state)
    ON CONFLICT DO NOTHING RETURNING store_id, digest
), counted AS (
    INSERT INTO webhooks_tally AS t (store_id, accepted, last_event_at)
    SELECT store_id, count(*), clock_timestamp() FROM stored WHERE store_id IS NOT NULL GROUP BY 1 ORDER BY 1
    ON CONFLICT (store_id) DO UPDATE
        SET accepted = t.accepted + excluded.accepted, last_event_at = excluded.last_event_at
)
SELECT coalesce(store_id, 0), digest FROM stored
"""
_REPEATED = """
WITH given AS (
    SELECT * FROM unnest(%(store_id)s::bigint[], %(digest)b::bytea[], %(count)s::int[]) AS g(store_id, digest, n)
), locked AS (
    SELECT d.id, g.n FROM webhooks_delivery d JOIN given g ON coalesce(d.store_id, 0) = g.store_id AND d.digest = g.digest
    ORDER BY d.id FOR NO KEY UPDATE OF d
)
UPDATE webhooks_delivery d SET
    duplicates = d.duplicates + locked.n,
    state = CASE WHEN {is_again} THEN 'new' ELSE d.state END,
    attempts = CASE WHEN {is_again} THEN 0 ELSE d.attempts END,
    next_at = CASE WHEN {is_again} THEN clock_timestamp() ELSE d.next_at END
FROM locked WHERE d.id = locked.id
""".replace("{is_again}", "d.topic LIKE '%%.deleted' AND d.store_id IS NOT NULL")
_COUNT = """
INSERT INTO webhooks_tally AS t (store_id, {name})
SELECT * FROM unnest(%(store_id)s::bigint[], %(count)s::int[]) ORDER BY 1
ON CONFLICT (store_id) DO UPDATE SET {name} = t.{name} + excluded.{name}
"""


class Writer:
    """The connection that webhooks are written on; it is opened at the first one, and again after an error."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def write(self, batch: Sequence[Incoming]) -> None:
        """Store the batch; raises `NotStored` while PostgreSQL does not answer, and `psycopg.Error` for a bad row."""
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                await self._write_connected(batch)
        except (
            psycopg.OperationalError,
            psycopg.InterfaceError,
            psycopg.InternalError,
            OSError,
            TimeoutError,
        ) as error:
            await self.close()
            logger.warning("Webhooks could not be stored: %s", error or type(error).__name__)
            raise NotStored(f"PostgreSQL did not store it: {error}") from error

    async def count_rejected(self, counts: Mapping[int, int]) -> None:
        """Add to the numbers of requests with a bad signature, by store. The counts are lost in an outage."""
        with contextlib.suppress(psycopg.Error, OSError, TimeoutError):
            async with asyncio.timeout(WRITE_SECONDS):
                await _count(await self._connect(), "rejected", counts)

    async def close(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                await connection.close()

    async def _write_connected(self, batch: Sequence[Incoming]) -> None:
        was_open = self._connection is not None
        try:
            await _store(await self._connect(), batch)
        except psycopg.OperationalError:
            # The server may have closed only this connection since the last batch.
            if not was_open:
                raise
            await self.close()
            await _store(await self._connect(), batch)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            parameters = django_connection.get_connection_params()
            parameters = {
                name: value for name, value in parameters.items() if name not in ("context", "cursor_factory")
            }
            self._connection = await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
        return self._connection


async def _store(connection: psycopg.AsyncConnection[Any], batch: Sequence[Incoming]) -> None:
    counts = Counter(each.key for each in batch)
    # In the order of their keys, so that two processes never wait for each other.
    rows = [each for _, each in sorted({each.key: each for each in batch}.items())]
    names = ("store_id", "platform", "topic", "subject", "digest", "event_id", "triggered_at", "size", "state")
    given: dict[str, Any] = {name: [getattr(each, name) for each in rows] for name in names}
    # In a thread: the first call imports the cipher, and bodies may be large.
    given["body"] = await asyncio.to_thread(_seal_all, rows)
    # A transaction of its own: with BEGIN and COMMIT around it, a batch would wait for three answers.
    cursor = await connection.execute(_STORE, given)
    for store_id, digest in await cursor.fetchall():
        counts[store_id, bytes(digest)] -= 1
    await _repeat(connection, {key: count for key, count in counts.items() if count > 0})


def _seal_all(rows: Sequence[Incoming]) -> list[bytes]:
    keyring = read_keyring()
    return [seal(each.body, store_id=each.store_id, digest=each.digest, keyring=keyring) for each in rows]


async def _repeat(connection: psycopg.AsyncConnection[Any], counts: Mapping[tuple[int, bytes], int]) -> None:
    """Count the webhooks that were there already."""
    if not counts:
        return
    given = {
        "store_id": [store_id for store_id, _ in counts],
        "digest": [digest for _, digest in counts],
        "count": list(counts.values()),
    }
    by_store: Counter[int] = Counter()
    for (store_id, _), count in counts.items():
        by_store[store_id] += count
    async with connection.transaction():
        await connection.execute(_REPEATED, given)
        await _count(connection, "duplicates", {store_id: count for store_id, count in by_store.items() if store_id})


async def _count(connection: psycopg.AsyncConnection[Any], name: str, counts: Mapping[int, int]) -> None:
    if counts:
        given = {"store_id": list(counts), "count": list(counts.values())}
        await connection.execute(_COUNT.replace("{name}", name), given)
