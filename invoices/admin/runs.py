"""Runs in the admin, with START and STOP for who may control."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from invoices.generation import runs
from invoices.models import Run
from web.readonly import ReadOnlyAdmin


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """Newest first. The actions are about the generation as a whole: they need no run to be selected."""

    list_display = (
        "__str__", "state", "issued", "rate", "duration_seconds", "seed", "series", "started_at", "stopped_at",
        "invoices",
    )  # fmt: skip
    fields = (
        "state", "issued", "rate", "duration_seconds", "seed", "series", "started_at", "ends_at", "stopped_at",
        "invoices",
    )  # fmt: skip
    readonly_fields = ("issued", "rate", "ends_at", "invoices")
    list_filter = ("state",)
    list_select_related = ("series",)
    ordering = ("-id",)
    sortable_by = ()
    show_full_result_count = False
    actions = ("start_run", "stop_run")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        action = self.get_actions(request).get(request.POST.get("action", ""))
        if action is None:
            context = {"may_control": self.has_control_permission(request), **(extra_context or {})}
            return super().changelist_view(request, context)
        action[0](self, request, Run.objects.none())
        return HttpResponseRedirect(request.get_full_path())

    def has_control_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("invoices.control_generation")

    @admin.action(description="Start a run with the default rate and duration", permissions=["control"])
    def start_run(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        try:
            run = runs.start(rate_per_second=settings.GENERATION_RATE, duration_seconds=settings.GENERATION_DURATION)
        except (runs.AlreadyRunning, runs.BadRun) as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, f"Run {run.pk} has begun: {run.target_count} invoices.", messages.SUCCESS)

    @admin.action(description="Stop the run that is running", permissions=["control"])
    def stop_run(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        try:
            run = runs.stop()
        except runs.NotRunning as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            sentence = f"Run {run.pk} is {run.state}: {run.final_count} of {run.target_count} invoices were issued."
            self.message_user(request, sentence, messages.SUCCESS)

    @admin.display(description="issued of target")
    def issued(self, run: Run) -> str:
        return f"{runs.issued_count(run)} of {run.target_count}"

    @admin.display(description="rate per second")
    def rate(self, run: Run) -> str:
        return f"{run.rate_per_second.normalize():f}"

    @admin.display(description="ends at")
    def ends_at(self, run: Run) -> datetime:
        return run.ends_at

    @admin.display(description="invoices")
    def invoices(self, run: Run) -> str:
        if run.series.closed_at:
            return "dropped"
        address = reverse(f"{self.admin_site.name}:invoices_invoice_changelist")
        return format_html('<a href="{}?run={}">show</a>', address, run.pk)
