"""Products in the admin, with an upload of a CSV file."""

from __future__ import annotations

import codecs
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path

from commerce.models import Product
from commerce.product_files import BadProductFile, take_products
from stores.models import Store

MOST_BYTES = 64 * 1024 * 1024


class UploadForm(forms.Form):
    """A file of products and the store they belong to."""

    store = forms.ModelChoiceField(Store.objects.all(), empty_label=None)
    file = forms.FileField(help_text="CSV in UTF-8 with the columns code, name and category")


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "category", "store", "changed_at")
    list_filter = ("store",)
    list_select_related = ("store",)
    search_fields = ("code", "name", "category")
    change_list_template = "admin/commerce/product/change_list.html"
    show_full_result_count = False

    def get_urls(self) -> list[Any]:
        upload = path("upload/", self.admin_site.admin_view(self.upload), name="commerce_product_upload")
        return [upload, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.changed_at = Now()
        super().save_model(request, obj, form, change)

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Take the products of a file."""
        if not self.has_add_permission(request) or not self.has_change_permission(request):
            raise PermissionDenied("An upload of products takes the permissions to add and to change products.")
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and _take(request, form):
            return redirect("admin:commerce_product_changelist")
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "title": "Upload products",
            "button": "Upload",
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/upload.html", context)


def _take(request: HttpRequest, form: UploadForm) -> bool:
    file = form.cleaned_data["file"]
    if file.size > MOST_BYTES:
        form.add_error("file", f"The file is larger than {MOST_BYTES >> 20} MiB: use manage.py import_products.")
        return False
    try:
        taken = take_products(form.cleaned_data["store"].pk, codecs.getreader("utf-8-sig")(file.file))
    except BadProductFile as error:
        form.add_error("file", str(error))
        return False
    messages.success(request, f"{taken.added:,} products added, {taken.changed:,} changed.")
    return True
