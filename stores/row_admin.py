"""Admin classes for the rows of stores. The admin is for operators of the installation, so it shows those of all stores."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django_scopes import scopes_disabled

from stores.rows import rows_of_all_stores
from web.readonly import ReadOnlyAdmin


class AllStoresAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin of rows of all stores."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return rows_of_all_stores(self.model)

    def changeform_view(self, *args: Any, **options: Any) -> HttpResponse:
        """A form checks its values against rows, for example that a code is new, and may do so in all stores."""
        with scopes_disabled():
            return super().changeform_view(*args, **options)


class ReadOnlyRowsAdmin(ReadOnlyAdmin, AllStoresAdmin):
    """An admin of rows of all stores that only operations write."""

    show_full_result_count = False
