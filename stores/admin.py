"""Accounts and stores in the admin. Both are opened and removed by the API; the admin changes names and settings."""

from __future__ import annotations

from django.contrib import admin

from stores.models import Account, Store
from web.readonly import FixedRowsAdmin


@admin.register(Account)
class AccountAdmin(FixedRowsAdmin):
    list_display = ("slug", "name", "created_at")
    search_fields = ("slug", "name")
    fields = ("slug", "name", "created_at")
    readonly_fields = ("slug", "created_at")


@admin.register(Store)
class StoreAdmin(FixedRowsAdmin):
    list_display = ("slug", "name", "account", "platform", "status", "currency", "timezone", "is_demo", "created_at")
    search_fields = ("slug", "name")
    list_filter = ("platform", "status", "is_demo")
    fields = ("slug", "account", "name", "platform", "status", "currency", "timezone", "is_demo", "created_at")
    readonly_fields = ("slug", "account", "platform", "status", "is_demo", "created_at")
