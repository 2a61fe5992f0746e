"""The list of imported files, with an upload."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path

from accounts.access import CONTROL
from imports import uploads
from imports.models import SourceFile
from imports.reading.options import BadOption, Format
from imports.uploads import EmptyUpload, TooLarge, TooManyImports
from web.readonly import ReadOnlyAdmin


class UploadForm(forms.Form):
    """A file and what it does not say itself."""

    file = forms.FileField(help_text="an Excel workbook, CSV or JSON lines, up to 256 MiB")
    format = forms.ChoiceField(
        choices=[("", "as the file shows"), *((form, form) for form in Format if form != Format.TABLE)], required=False
    )
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
    change_list_template = "admin/imports/sourcefile/change_list.html"
    show_full_result_count = False

    def get_urls(self) -> list[Any]:
        upload = path("upload/", self.admin_site.admin_view(self.upload), name="imports_sourcefile_upload")
        return [upload, *super().get_urls()]

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Take a file in; the `jobs` process imports it."""
        if not request.user.has_perm(CONTROL):
            raise PermissionDenied(f"Importing takes the permission {CONTROL}.")
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and self._start(request, form):
            return redirect("admin:jobs_job_changelist")
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "title": "Import a file",
            "button": "Import",
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/upload.html", context)

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
