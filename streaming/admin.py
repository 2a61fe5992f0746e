"""Feeds in the admin: the progress of each feed, and its pace, the only field that can be changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from streaming.display import rate_of
from streaming.models import Cursor, Feed, Mode, Skip
from streaming.operations import set_pace
from web.readonly import FixedRowsAdmin, ReadOnlyAdmin


@admin.register(Feed)
class FeedAdmin(ReadOnlyAdmin):
    list_display = ("name", "position", "created_at")


def write(rate: Decimal) -> str:
    """A rate without trailing zeros."""
    return f"{rate.normalize():f}"


class PaceForm(forms.ModelForm):  # type: ignore[type-arg]
    """The form of a feed's mode and rate (rows a second)."""

    mode = forms.ChoiceField(choices=Mode.choices)
    rate_per_second = forms.DecimalField(min_value=Decimal("0.1"), max_value=Decimal(1000), decimal_places=15)

    class Meta:
        model = Cursor
        fields = ("mode", "rate_per_second")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["rate_per_second"] = Decimal(write(rate_of(self.instance)))


@admin.register(Cursor)
class CursorAdmin(FixedRowsAdmin):
    """The progress of each feed. The pacer writes the counters, the operator sets the pace."""

    form = PaceForm
    list_display = (
        "feed", "mode", "rate", "announced", "position", "last_seq", "skipped_count", "queued", "cleared_seq",
        "shown_at",
    )  # fmt: skip
    fields = (
        "mode", "rate_per_second", "announced", "position", "last_seq", "skipped_count", "queued", "cleared_seq",
        "shown_at",
    )  # fmt: skip
    readonly_fields = (
        "rate", "announced", "position", "last_seq", "skipped_count", "queued", "cleared_seq", "shown_at",
    )  # fmt: skip
    list_select_related = ("feed",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        pace = "rate_per_second" if self.has_change_permission(request, obj) else "rate"
        return [pace if name == "rate_per_second" else str(name) for name in self.fields or ()]

    def save_model(self, request: HttpRequest, obj: Cursor, form: Any, change: bool) -> None:
        """Save through `feed.set_pace`, so that the pacer and the screens are notified and the counters stay unchanged."""
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        set_pace(obj.feed_id, **changed)

    @admin.display(description="rate per second")
    def rate(self, cursor: Cursor) -> str:
        return write(rate_of(cursor))

    @admin.display(description="announced")
    def announced(self, cursor: Cursor) -> int:
        return cursor.feed.position

    @admin.display(description="queued")
    def queued(self, cursor: Cursor) -> int:
        return cursor.feed.position - cursor.position


@admin.register(Skip)
class SkipAdmin(ReadOnlyAdmin):
    """The skips: rows that were deliberately not shown."""

    list_display = ("id", "feed", "first_position", "last_position", "seq", "why", "at")
    list_filter = ("feed", "why")
    ordering = ("-id",)
    sortable_by = ()
    show_full_result_count = False
