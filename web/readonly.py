"""Admin classes for rows that only operations write."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class FixedRowsAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin in which rows are neither added nor deleted; a subclass says which fields may be changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(FixedRowsAdmin):
    """An admin that lists and shows rows to users with the model's view permission."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
