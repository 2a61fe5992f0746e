"""The display queue: a window of coming rows in Redis, by position. A cache; PostgreSQL's cursor decides.

Losing it costs a query. An item that does not fit the cursor is never asked for and falls out by its rank.
"""

from __future__ import annotations

from redis import Redis

from streaming import names, redis
from streaming.rows import Row, load_coming

WINDOW = 1000
FILL = 200
EXPIRE_SECONDS = 3600


def coming(epoch: str, feed: str, position: int, head: int) -> Row | None:
    """The row at `position`, from the window or else, with those that follow it up to `head`, from PostgreSQL."""
    key = names.queue_key(epoch, feed)
    found = redis.attempt(lambda r: r.zrangebyscore(key, position, position, start=0, num=1))
    if found:
        member = bytes(found[0])  # type: ignore[arg-type]
        return Row(position=position, item=member.decode().partition(" ")[2])
    rows = load_coming(feed, first=position, last=min(head, position + FILL - 1))
    _fill(key, [row for row in rows if row.item is not None])
    return rows[0] if rows else None


def drop_through(epoch: str, feed: str, position: int) -> None:
    """Forget the rows up to `position`: they were shown or skipped."""
    redis.attempt(lambda r: r.zremrangebyscore(names.queue_key(epoch, feed), "-inf", position))


def _fill(key: str, rows: list[Row]) -> None:
    if len(rows) < 2:
        return

    def fill(client: Redis) -> None:
        pipeline = client.pipeline(transaction=False)
        # The position is part of the member: two rows with the same text are two members.
        pipeline.zadd(key, {f"{row.position} {row.item}": row.position for row in rows})
        pipeline.zremrangebyrank(key, WINDOW, -1)
        pipeline.expire(key, EXPIRE_SECONDS)
        pipeline.execute()

    redis.attempt(fill)
