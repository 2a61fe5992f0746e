"""The display queue: a window of the next rows in Redis, by position. It is a cache; PostgreSQL's cursor decides.

Losing it costs a query. An item that does not fit the cursor is never asked for and expires by its rank. An item that
another program wrote or moved to another position does not match its seal and is ignored.
"""

from __future__ import annotations

from hashlib import blake2b

from redis import Redis
from redis.exceptions import ResponseError

from runtime import redis
from streaming import names
from streaming.rows import Row, load_announced

WINDOW = 1000
FILL = 200
EXPIRE_SECONDS = 3600


def next_row(epoch: str, feed: str, position: int, head: int) -> Row | None:
    """The row at `position`, from the window, or else from PostgreSQL together with the rows after it up to `head`."""
    key = names.queue_key(epoch, feed)
    member = redis.attempt(lambda r: _read(r, key, position))
    if member is not None and (item := _unseal(member, key, position)) is not None:
        return Row(position=position, item=item)
    rows = load_announced(feed, first=position, last=min(head, position + FILL - 1))
    _fill(key, [row for row in rows if row.item is not None])
    return rows[0] if rows else None


def drop_through(epoch: str, feed: str, position: int) -> None:
    """Remove the rows up to `position` from the window: they were shown or skipped."""
    redis.attempt(lambda r: r.zremrangebyscore(names.queue_key(epoch, feed), "-inf", position))


def _read(client: Redis, key: str, position: int) -> bytes | None:
    try:
        found = client.zrangebyscore(key, position, position, start=0, num=1)
    except ResponseError:
        # The key holds another type of value.
        client.unlink(key)
        return None
    return bytes(found[0]) if found else None  # type: ignore[arg-type]


def _seal(item: bytes, key: str, position: int) -> bytes:
    """Seal `item` as a member of the window: two rows with the same text are two members, and neither passes for the
    other.
    """
    return blake2b(f"{key} {position} ".encode() + item, digest_size=8).hexdigest().encode() + b" " + item


def _unseal(member: bytes, key: str, position: int) -> str | None:
    """The item of a member; None when the member was not written for `position`."""
    item = member.partition(b" ")[2]
    return item.decode() if member == _seal(item, key, position) else None


def _fill(key: str, rows: list[Row]) -> None:
    if len(rows) < 2:
        return

    def fill(client: Redis) -> None:
        pipeline = client.pipeline(transaction=False)
        pipeline.zadd(key, {_seal(str(row.item).encode(), key, row.position): row.position for row in rows})
        pipeline.zremrangebyrank(key, WINDOW, -1)
        pipeline.expire(key, EXPIRE_SECONDS)
        pipeline.execute()

    redis.attempt(fill)
