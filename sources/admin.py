"""Imported files with an upload, and the quarantine: what is wrong with each row, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from sources import quarantine, uploads
from sources.models import Quarantined, SourceFile
from sources.quarantine import NotOpen
from sources.reading.groups import TooMany
from sources.reading.options import BadOption, Format
from sources.uploads import EmptyUpload, TooLarge, TooManyImports
from web.readonly import FixedRowsAdmin, ReadOnlyAdmin

# As for the API: who may issue may import.
CONTROL = "invoices.control_generation"
# An action answers when all of its rows are dealt with.
MOST_AT_ONCE = 500


class UploadForm(forms.Form):
    """A file and what it does not say itself."""

    file = forms.FileField(help_text="CSV or JSON lines, plain or gzip, up to 256 MiB")
    format = forms.ChoiceField(choices=[(form, form) for form in Format])
    series = forms.CharField(max_length=17, initial="SHOP", help_text="prefix of the source's own numbers")
    seller = forms.CharField(max_length=255, required=False, help_text="where the file does not give it")
    timezone = forms.CharField(max_length=60, required=False, help_text="of dates without one, such as Europe/London")
    vat_rate = forms.CharField(max_length=8, required=False, help_text="of lines without one; 0.2 is 20 %")
    currency = forms.CharField(max_length=3, required=False, help_text="of documents without one, such as GBP")
    announce = forms.BooleanField(required=False, help_text="put them on the live feed; history is better not")


@admin.register(SourceFile)
class SourceFileAdmin(ReadOnlyAdmin):
    list_display = ("name", "series", "record_count", "document_count", "done_count", "created_at", "created_by")
    list_filter = ("series",)
    search_fields = ("name",)
    change_list_template = "admin/sources/sourcefile/change_list.html"
    show_full_result_count = False

    def get_urls(self) -> list[Any]:
        upload = path("upload/", self.admin_site.admin_view(self.upload), name="sources_sourcefile_upload")
        return [upload, *super().get_urls()]

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Take a file in; the `jobs` process imports it."""
        if not request.user.has_perm(CONTROL):
            raise PermissionDenied(f"Importing takes the permission {CONTROL}.")
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and self._start(request, form):
            return redirect("admin:jobs_job_changelist")
        context = {**self.admin_site.each_context(request), "form": form, "title": "Import a file", "opts": self.opts}
        return TemplateResponse(request, "admin/sources/sourcefile/upload.html", context)

    def _start(self, request: HttpRequest, form: UploadForm) -> bool:
        given = {**form.cleaned_data}
        file = given.pop("file")
        try:
            job = uploads.upload(file.chunks(), name=file.name, given=given, created_by=request.user.get_username())
        except (BadOption, EmptyUpload, TooLarge, TooManyImports) as error:
            form.add_error(None, str(error))
            return False
        messages.success(request, f"{file.name} is being imported as job {job.pk}; its report will be there.")
        return True


class QuarantinedForm(forms.ModelForm):  # type: ignore[type-arg]
    """The rows as text, to be mended."""

    rows = forms.CharField(widget=forms.Textarea(attrs={"rows": 12, "cols": 140, "spellcheck": "false"}), strip=False)

    class Meta:
        model = Quarantined
        fields = ("rows",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["rows"].initial = self.instance.text
            columns = ", ".join(self.instance.file.header) or "one JSON object a line"
            self.fields["rows"].help_text = f"The columns: {columns}. Saving tries again with what stands here."


@admin.register(Quarantined)
class QuarantinedAdmin(FixedRowsAdmin):
    form = QuarantinedForm
    list_display = ("key", "rule", "message", "state", "file", "line")
    list_filter = ("state", "rule", "series")
    list_select_related = ("file",)
    search_fields = ("key",)
    actions = ("try_again", "accept", "set_aside")
    show_full_result_count = False
    fields = (
        "key",
        "file",
        "line",
        "rule",
        "message",
        "state",
        "invoice_number",
        "rows",
        "raw",
        "resolved_at",
        "resolved_by",
    )
    readonly_fields = tuple(name for name in fields if name != "rows")

    def has_change_permission(self, request: HttpRequest, obj: Quarantined | None = None) -> bool:
        return request.user.has_perm(CONTROL) and (obj is None or obj.state == Quarantined.State.OPEN)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(CONTROL) or super().has_view_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Quarantined | None = None) -> Any:
        return self.fields if self.has_change_permission(request, obj) else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Quarantined, form: Any, change: bool) -> None:
        """Try again with the rows as they were mended; `response_change` tells what became of it."""
        text = form.cleaned_data["rows"].replace("\r\n", "\n")
        try:
            mended = quarantine.mend(obj.pk, text, by=request.user.get_username())
        except (NotOpen, TooMany) as error:
            messages.error(request, str(error))
        else:
            _tell(request, mended)

    def log_change(self, request: HttpRequest, obj: Quarantined, message: Any) -> Any:
        return super().log_change(request, obj, "Tried again with mended rows.")

    def response_change(self, request: HttpRequest, obj: Quarantined) -> HttpResponse:
        return redirect(reverse("admin:sources_quarantined_change", args=[obj.pk]))

    @admin.action(description="Try again as they are", permissions=["change"])
    def try_again(self, request: HttpRequest, rows: QuerySet[Quarantined]) -> None:
        _each(request, rows, quarantine.replay)

    @admin.action(description="Accept: they are right as they are", permissions=["change"])
    def accept(self, request: HttpRequest, rows: QuerySet[Quarantined]) -> None:
        _each(request, rows, quarantine.accept)

    @admin.action(description="Set aside: they are to become no document", permissions=["change"])
    def set_aside(self, request: HttpRequest, rows: QuerySet[Quarantined]) -> None:
        _each(request, rows, quarantine.set_aside)


def _each(request: HttpRequest, rows: QuerySet[Quarantined], act: Callable[..., Quarantined]) -> None:
    if rows.count() > MOST_AT_ONCE:
        messages.error(request, f"Nothing was done: choose at most {MOST_AT_ONCE} rows at a time.")
        return
    for row_id in rows.order_by("pk").values_list("pk", flat=True):
        try:
            _tell(request, act(row_id, by=request.user.get_username()))
        except NotOpen as error:
            messages.error(request, str(error))


def _tell(request: HttpRequest, row: Quarantined) -> None:
    if row.state == Quarantined.State.OPEN:
        messages.warning(request, f"{row.key}: {row.message}")
    else:
        number = f" as {row.invoice_number}" if row.invoice_number else ""
        messages.success(request, f"{row.key} is {row.get_state_display()}{number}.")
