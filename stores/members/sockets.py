"""What the user of a WebSocket may follow: a feed, and the stores of which accounts."""

from __future__ import annotations

from collections.abc import Iterable

from accounts import access
from stores.members.callers import STORE_FEED, may_use_feed, roles_of
from stores.models import DEFAULT_ACCOUNT_ID, Store


def is_for_everyone(feed: str) -> bool:
    """Whether every visitor of this desk may follow `feed`: on an open desk, all but the feeds of stores."""
    return access.is_open() and not feed.startswith(STORE_FEED)


def may_follow(headers: dict[str, str], feed: str) -> bool:
    """Whether the WebSocket with these headers (lower-case names) may be opened for `feed`, or stay open."""
    user = access.socket_user(headers)
    if feed.startswith(STORE_FEED):
        return _is_open_to_all(feed) or (user is not None and may_use_feed(user, access.VIEW, feed))
    return access.is_open() or (user is not None and access.has(user, access.VIEW))


def accounts_of(headers: dict[str, str]) -> frozenset[int]:
    """The ids of the accounts that the user of a WebSocket with these headers is a member of."""
    user = access.socket_user(headers)
    own = {DEFAULT_ACCOUNT_ID} if access.is_open() and user is not None else set()
    return frozenset(own | roles_of(user).keys())


def rights_topics(accounts: Iterable[int]) -> list[str]:
    """The topics with which changes of the members of these accounts are notified."""
    return [f"account-{account}" for account in sorted(accounts)]


def _is_open_to_all(feed: str) -> bool:
    """Whether the feed is one of the default account's on an open desk, where every visitor is an owner of it."""
    mine = Store.objects.filter(slug=feed.removeprefix(STORE_FEED), account_id=DEFAULT_ACCOUNT_ID)
    return access.is_open() and mine.exists()
