"""Rates in the admin: added, never changed or deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from analytics.metrics.models import Rate


@admin.register(Rate)
class RateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("day", "base", "quote", "rate", "source", "stamped_at")
    list_filter = ("base", "quote")
    ordering = ("-day", "base", "quote")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
