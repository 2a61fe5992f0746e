"""Background jobs in the admin: arguments, progress and report; cancel and retry."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from jobs import operations
from jobs.models import Job
from jobs.operations import AlreadyEnded, NotFailed
from web.readonly import ReadOnlyAdmin


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "state", "done_count", "total_count", "created_by", "created_at", "ended_at", "error")
    list_filter = ("state", "kind")
    actions = ("cancel", "try_again")
    show_full_result_count = False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("jobs.change_job"))

    @admin.action(description="Cancel", permissions=["retry"])
    def cancel(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        for job_id in jobs.order_by("pk").values_list("pk", flat=True):
            try:
                operations.cancel(job_id)
            except AlreadyEnded as error:
                messages.error(request, str(error))
            else:
                messages.success(request, f"Job {job_id} is cancelled; its report says what was done before that.")

    @admin.action(description="Try again", permissions=["retry"])
    def try_again(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        for job_id in jobs.order_by("pk").values_list("pk", flat=True):
            try:
                operations.retry(job_id)
            except NotFailed as error:
                messages.error(request, str(error))
