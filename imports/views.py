"""The page of imports: a person drops a file, sees what was understood, decides, watches, and corrects what was held."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.access import CONTROL, page_requires
from imports.models import SourceFile
from imports.reading.options import Format
from imports.uploads import KIND, LARGEST_UPLOAD
from jobs.models import Job
from jobs.serialize import present_job
from runtime.currencies import ISSUED_CURRENCIES

MOST_EARLIER = 10
# The fields that the page offers, in its order: the others are for programs.
CHOICES = (
    ("number", "Invoice number"), ("date", "Date"), ("buyer.name", "Customer"), ("lines.description", "Item"),
    ("lines.quantity", "Quantity"), ("lines.unit_price", "Unit price"), ("lines.total", "Total of the line"),
    ("lines.vat_rate", "VAT rate"), ("currency", "Currency"), ("lines.vat_amount", "VAT amount"),
    ("lines.product_code", "Item code"), ("lines.discount", "Discount of the line"), ("buyer.first_name", "First name"),
    ("buyer.last_name", "Last name"), ("buyer.street", "Street"), ("buyer.postcode", "Postcode"), ("buyer.city", "City"),
    ("buyer.country", "Country"), ("buyer.vat_id", "Customer's VAT number"), ("buyer.email", "E-mail"),
    ("buyer.external_id", "Customer number"), ("due_date", "Due date"), ("kind", "Invoice or credit note"),
    ("corrects", "Corrected invoice"), ("order_reference", "Order number"), ("note", "Note"),
)  # fmt: skip
FORMATS = {
    Format.SHOPIFY: "Shopify: orders", Format.WOOCOMMERCE: "WooCommerce: orders", Format.STRIPE: "Stripe: payments",
    Format.PAYPAL: "PayPal: activity", Format.INVOICES_CSV: "invoicedash: invoices (CSV)",
    Format.JSON: "invoicedash: invoices (JSON lines)", Format.ONLINE_RETAIL: "Online Retail",
    Format.UBL: "E-invoice (UBL)", Format.CII: "E-invoice (CII)", Format.FACTURX: "E-invoice in a PDF (Factur-X)",
    Format.TABLE: "Table of your own",
}  # fmt: skip


@require_safe
@never_cache
@page_requires(CONTROL)
@ensure_csrf_cookie
def show_imports(request: HttpRequest) -> HttpResponse:
    """The page, with the newest imports."""
    return render(request, "imports/imports.html", {
        "page": {
            "formats": {str(form): title for form, title in FORMATS.items()},
            "most_bytes": LARGEST_UPLOAD,
            "last": _last_options(),
        },
        "choices": [{"field": field, "title": title} for field, title in CHOICES],
        "currencies": sorted(ISSUED_CURRENCIES),
        "earlier": [_present(job) for job in Job.objects.filter(kind=KIND).order_by("-pk")[:MOST_EARLIER]],
    })  # fmt: skip


def _last_options() -> dict[str, str]:
    """Seller and currency of the newest file, which are most often those of the next one."""
    file = SourceFile.objects.order_by("-pk").first()
    options = file.options if file else {}
    return {"seller": options.get("seller") or "", "currency": options.get("currency") or settings.INVOICEDASH_CURRENCY}


def _present(job: Job) -> dict[str, Any]:
    report = job.report or {}
    held = sum(report.get("quarantined", {}).values())
    counts = {name: report.get(name, 0) for name in ("documents", "duplicates")}
    return {**present_job(job), "name": job.arguments["name"], "held": held, **counts}
