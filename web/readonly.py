"""Admin classes for rows that are written by operations alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class KeptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows are neither added nor deleted in the admin; a subclass says what may be changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(KeptAdmin):
    """Rows are listed and shown, to users with the model's view permission."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
