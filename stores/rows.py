"""The rows of one store. A model whose manager is `ScopedManager(store="store_id")` refuses every query without a store."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from django.db.models import Model, QuerySet
from django_scopes import scope, scopes_disabled

Row = TypeVar("Row", bound=Model)


def rows_of(model: type[Row], store_id: int | Collection[int]) -> QuerySet[Row]:
    """The rows of the store, or of several stores."""
    with scope(store=store_id if isinstance(store_id, int) else list(store_id)):
        found: QuerySet[Row] = model._default_manager.all()
        return found


def rows_of_all_stores(model: type[Row]) -> QuerySet[Row]:
    """The rows of all stores, for the admin of the installation and for tests."""
    with scopes_disabled():
        found: QuerySet[Row] = model._default_manager.all()
        return found
