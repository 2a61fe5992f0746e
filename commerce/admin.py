"""Products in the admin, with an upload of a CSV file; stock, its movements and customers, to be read."""

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

from commerce.models import Customer, Movement, Product, StockLevel, Variant
from commerce.product_files import BadProductFile, take_products
from commerce.products import name_variants
from stores.models import Store
from stores.row_admin import AllStoresAdmin, ReadOnlyRowsAdmin
from stores.rows import rows_of_all_stores

MOST_BYTES = 64 * 1024 * 1024
MOST_NAMED = 100


class UploadForm(forms.Form):
    """A file of products and the store they belong to."""

    store = forms.ModelChoiceField(Store.objects.all(), empty_label=None)
    file = forms.FileField(help_text="CSV in UTF-8 with the columns code, name and category")


@admin.register(Product)
class ProductAdmin(AllStoresAdmin):
    list_display = ("code", "name", "category", "store", "changed_at")
    list_filter = ("store",)
    list_select_related = ("store",)
    search_fields = ("code", "name", "category")
    change_list_template = "admin/commerce/product/change_list.html"
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> tuple[str, ...]:
        """Lines of orders name a product by its code, so it stays."""
        return ("store", "code", "variants") if obj else ()

    @admin.display(description="variants")
    def variants(self, product: Product) -> str:
        rows = rows_of_all_stores(Variant).filter(product=product).order_by("sku")
        return ", ".join(rows.values_list("sku", flat=True)[:MOST_NAMED])

    def get_urls(self) -> list[Any]:
        upload = path("upload/", self.admin_site.admin_view(self.upload), name="commerce_product_upload")
        return [upload, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.changed_at = Now()
        super().save_model(request, obj, form, change)
        if not change:
            name_variants(obj.store_id, {obj.code: obj.name})

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


@admin.register(StockLevel)
class StockLevelAdmin(ReadOnlyRowsAdmin):
    list_display = ("sku", "location", "available", "low_at", "store", "updated_at", "gone_at")
    list_filter = ("store",)
    list_select_related = ("store", "variant")
    search_fields = ("variant__sku", "variant__title")
    ordering = ("-id",)


@admin.register(Movement)
class MovementAdmin(ReadOnlyRowsAdmin):
    list_display = ("level", "kind", "quantity", "on_hand", "at", "store")
    list_filter = ("store", "kind")
    list_select_related = ("store", "level__variant")
    search_fields = ("level__variant__sku",)
    ordering = ("-id",)


@admin.register(Customer)
class CustomerAdmin(ReadOnlyRowsAdmin):
    list_display = ("name", "email", "country", "store", "first_at")
    list_filter = ("store",)
    list_select_related = ("store",)
    search_fields = ("external_id", "vat_id", "email", "name")
    ordering = ("-first_at", "-id")
