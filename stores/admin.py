"""Stores in the admin. A store is neither added nor deleted here yet, and keeps its slug."""

from __future__ import annotations

from django.contrib import admin

from stores.models import Store
from web.readonly import FixedRowsAdmin


@admin.register(Store)
class StoreAdmin(FixedRowsAdmin):
    list_display = ("slug", "name", "currency", "timezone", "is_demo", "created_at")
    search_fields = ("slug", "name")
    fields = ("slug", "name", "currency", "timezone", "is_demo", "created_at")
    readonly_fields = ("slug", "is_demo", "created_at")
