"""The stores that the current request may see. Code outside of a request sees all.

`stores.members.middleware` sets the scope of each request; it is evaluated when it is first needed, so that a request
that reads no store costs no query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import TypeVar

from django.db.models import Model, QuerySet

from stores.models import DEFAULT_ACCOUNT_ID, DEFAULT_FEED, Store

Rows = TypeVar("Rows", bound=Model)


class Scope:
    """The stores of some accounts. `read_accounts` returns the ids of the accounts, and is called once at most."""

    def __init__(self, read_accounts: Callable[[], frozenset[int]]) -> None:
        self._read_accounts = read_accounts

    @cached_property
    def account_ids(self) -> frozenset[int]:
        return self._read_accounts()

    @cached_property
    def store_ids(self) -> frozenset[int]:
        """All stores of the accounts, the erased ones too: their documents stay."""
        return frozenset(self._stores().values_list("pk", flat=True))

    @cached_property
    def slugs(self) -> frozenset[str]:
        """Of the same stores."""
        return frozenset(self._stores().values_list("slug", flat=True))

    def _stores(self) -> QuerySet[Store]:
        return Store.objects.filter(account_id__in=self.account_ids).order_by()


_current: ContextVar[Scope | None] = ContextVar("scope of stores", default=None)


@contextmanager
def scoped(scope: Scope) -> Iterator[None]:
    """Code within sees only the stores of `scope`."""
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


def visible_account_ids() -> frozenset[int] | None:
    """The ids of the accounts whose stores may be seen; None for all. Costs no query that reads stores."""
    scope = _current.get()
    return None if scope is None else scope.account_ids


def visible_store_ids() -> frozenset[int] | None:
    """The ids of the stores that may be seen; None for all."""
    scope = _current.get()
    return None if scope is None else scope.store_ids


def hides_stores() -> bool:
    """Whether there are stores that may not be seen."""
    visible = visible_store_ids()
    return visible is not None and Store.objects.exclude(pk__in=visible).exists()


def is_feed_visible(feed: str) -> bool:
    """Whether the feed, which belongs to a store, may be seen: one query for all feeds that a request asks for, none for
    that of the default store.
    """
    scope = _current.get()
    if scope is None:
        return True
    if feed == DEFAULT_FEED:
        return DEFAULT_ACCOUNT_ID in scope.account_ids
    return feed.partition("-")[2] in scope.slugs


def narrow(rows: QuerySet[Rows], column: str) -> QuerySet[Rows]:
    """Those of `rows` whose `column`, the id of a store, may be seen."""
    visible = visible_store_ids()
    return rows if visible is None else rows.filter(**{f"{column}__in": visible})
