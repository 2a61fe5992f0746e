"""Replays in the admin: current and past replays, read only. The dashboard and the API start and remove them."""

from __future__ import annotations

from django.contrib import admin

from replays.models import Replay
from web.readonly import ReadOnlyAdmin


@admin.register(Replay)
class ReplayAdmin(ReadOnlyAdmin):
    list_display = ("feed_name", "source", "begins_at", "ends_at", "speed", "state", "started_at", "ended_at")
    list_select_related = ("source",)
    ordering = ("-id",)
    sortable_by = ()
    show_full_result_count = False
