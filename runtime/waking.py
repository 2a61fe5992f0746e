"""Wakes loops of the process `loops` after a commit, by a message on Redis. A lost message costs a second, never data."""

from __future__ import annotations

from django.db import transaction

from runtime import redis

CHANNEL = "invoicedash:wake"


def wake_after_commit(name: str) -> None:
    """Ask for a turn of the loops that are `woken_by` this name, after the commit of the transaction."""
    transaction.on_commit(lambda: redis.attempt(lambda client: client.publish(CHANNEL, name)))
