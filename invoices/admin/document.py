"""The parties, lines, VAT and corrections of a document, as the admin's page of an invoice shows them."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from invoices import money
from invoices.documents.corrections import find_corrected
from invoices.documents.read import load_documents
from invoices.documents.types import IssuedDocument, Party
from invoices.models import Document, Invoice
from invoices.serialize import rate


@admin.display(description="lines")
def lines(invoice: Invoice) -> SafeString:
    """A table; generated invoices have a line of their subtotal."""
    rows = (
        (
            line.description,
            line.product_code,
            f"{line.quantity.normalize():f}",
            line.unit_price,
            rate(line.vat_rate),
            line.net,
        )
        for line in _issued(invoice).document.lines
    )
    head = "<tr><th>description<th>code<th>quantity<th>unit price<th>VAT<th>net"
    body = format_html_join("", "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}", rows)
    return format_html("<table>{}{}</table>", SafeString(head), body)


@admin.display(description="VAT by rate")
def vat_by_rate(invoice: Invoice) -> str:
    groups = _issued(invoice).vat_groups
    return ", ".join(f"{rate(group.rate)} of {money.text(group.net)}: {money.text(group.vat)}" for group in groups)


@admin.display(description="seller and buyer")
def parties(invoice: Invoice) -> SafeString:
    document = _issued(invoice).document
    return format_html("{}<br>{}", _party(document.seller), _party(document.buyer))


@admin.display(description="corrects / credited by")
def corrections(invoice: Invoice) -> SafeString:
    notes = Document.objects.filter(corrects_id=invoice.pk).values_list("invoice_id", "invoice__invoice_number")
    issued = _issued(invoice)
    linked = [(issued.corrects_id, issued.document.corrects)] if issued.corrects_id else list(notes)
    found = find_corrected([invoice.invoice_number])[invoice.invoice_number] if notes else None
    addresses = ((reverse("admin:invoices_invoice_change", args=[pk]), number) for pk, number in linked)
    links = format_html_join(", ", '<a href="{}">{}</a>', addresses)
    left = f" ({money.text(found.credited)} of {money.text(found.total)})" if found else ""
    return format_html("{}{} {}", links, left, issued.document.reason)


def _issued(invoice: Invoice) -> IssuedDocument:
    [found] = load_documents([invoice.pk])
    return found


def _party(party: Party) -> str:
    known = (
        party.name,
        party.street,
        f"{party.postcode} {party.city}".strip(),
        party.country,
        party.vat_id,
        party.email,
    )
    return ", ".join(part for part in known if part)
