"""The outbox in the admin, without the texts; dead messages are retried here or on /system/mail/."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from notifications import claims
from notifications.access import RETRY
from notifications.models import Notification
from notifications.outbox import WAKE_NAME
from runtime.waking import wake_after_commit
from web.readonly import ReadOnlyAdmin


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("id", "recipient", "subject", "state", "attempts", "created_at", "next_at", "ended_at", "reason")
    list_filter = ("state",)
    exclude = ("content",)
    ordering = ("-id",)
    actions = ("try_again",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        found: QuerySet[Notification] = super().get_queryset(request).defer("content")
        return found

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(RETRY))

    @admin.action(description="Try again", permissions=["retry"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Notification]) -> None:
        for notification_id in chosen.order_by("pk").values_list("pk", flat=True):
            try:
                claims.retry(notification_id)
            except claims.NotDead as error:
                messages.error(request, str(error))
        wake_after_commit(WAKE_NAME)
