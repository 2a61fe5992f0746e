"""The display queue: a window of coming rows in Redis, by position. A cache; PostgreSQL's cursor decides.

Losing it costs a query. An item that does not fit the cursor is never asked for and falls out by its rank; one that
somebody else wrote, or moved to another position, does not fit its seal and is not believed.
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
    """The row at `position`, from the window or else, with those that follow it up to `head`, from PostgreSQL."""
    key = names.queue_key(epoch, feed)
    member = redis.attempt(lambda r: _read(r, key, position))
    if member is not None and (item := _unseal(member, key, position)) is not None:
        return Row(position=position, item=item)
    rows = load_announced(feed, first=position, last=min(head, position + FILL - 1))
    _fill(key, [row for row in rows if row.item is not None])
    return rows[0] if rows else None


def drop_through(epoch: str, feed: str, position: int) -> None:
    """Forget the rows up to `position`: they were shown or skipped."""
    redis.attempt(lambda r: r.zremrangebyscore(names.queue_key(epoch, feed), "-inf", position))


def _read(client: Redis, key: str, position: int) -> bytes | None:
    try:
        found = client.zrangebyscore(key, position, position, start=0, num=1)
    except ResponseError:
        # Something that is no window lies in its place.
        client.unlink(key)
        return None
    return bytes(found[0]) if found else None  # type: ignore[arg-type]


def _seal(item: bytes, key: str, position: int) -> bytes:
    """`item` as a member: two rows with the same text are two members, and none passes for another."""
    return blake2b(f"{key} {position} ".encode() + item, digest_size=8).hexdigest().encode() + b" " + item


def _unseal(member: bytes, key: str, position: int) -> str | None:
    """The item of a member; None when it is not what was put there for `position`."""
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
