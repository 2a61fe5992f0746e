"""Replays in the admin: what is and was shown once more. They are started and removed on the dashboard or by the API."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from replays.models import Replay


@admin.register(Replay)
class ReplayAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("feed_name", "source", "begins_at", "ends_at", "speed", "state", "started_at", "ended_at")
    list_select_related = ("source",)
    ordering = ("-id",)
    sortable_by = ()
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
