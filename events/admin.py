"""Events in the admin: the log, the consumers' cursors, and what they could not handle, with retry."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from events import letters
from events.log import WAKE_NAME
from events.models import Cursor, EventRow, Letter
from runtime.waking import wake_after_commit
from web.readonly import ReadOnlyAdmin


@admin.register(EventRow)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("id", "topic", "type", "key", "created_at")
    list_filter = ("topic",)
    search_fields = ("=key",)
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Cursor)
class CursorAdmin(ReadOnlyAdmin):
    list_display = ("consumer", "event_id", "moved_at")


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    list_display = ("event", "consumer", "key", "is_dead", "failures", "next_at", "error")
    list_filter = ("is_dead", "consumer")
    list_select_related = ("event",)
    ordering = ("id",)
    actions = ("try_again",)
    show_full_result_count = False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("events.change_letter"))

    @admin.action(description="Try again", permissions=["retry"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Letter]) -> None:
        for letter_id in chosen.order_by("pk").values_list("pk", flat=True):
            try:
                letters.retry(letter_id)
            except letters.NotDead as error:
                messages.error(request, str(error))
        wake_after_commit(WAKE_NAME)
