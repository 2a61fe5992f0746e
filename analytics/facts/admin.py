"""Restatements and audits in the admin, to be read."""

from __future__ import annotations

from django.contrib import admin

from analytics.facts.models import Audit, Restatement
from web.readonly import ReadOnlyAdmin


@admin.register(Restatement)
class RestatementAdmin(ReadOnlyAdmin):
    list_display = (
        "local_day", "store_id", "currency", "before_count", "before_revenue", "after_count", "after_revenue", "why",
        "restated_at",
    )  # fmt: skip
    list_filter = ("why", "currency")
    date_hierarchy = "local_day"
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Audit)
class AuditAdmin(ReadOnlyAdmin):
    list_display = ("audited_at", "is_equal", "bucket_count", "difference_count")
    show_full_result_count = False
