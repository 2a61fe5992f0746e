"""Makes a document of an e-invoice. Terms without a field of their own are kept as further terms; nothing is changed or lost.

An e-invoice whose amounts are not those of its document is refused. The document is written again and compared with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from imports.reading.einvoices import parts
from imports.reading.einvoices.comparing import check_sums, further_terms
from imports.reading.einvoices.lines import line_of
from imports.reading.einvoices.proof import find_lost
from imports.reading.einvoices.terms import read_terms
from imports.reading.einvoices.values import amount_of, category_of, day_of, rate_of, text_of
from imports.reading.einvoices.xml import parse
from imports.reading.options import Options
from imports.reading.values import BadValue
from invoices.documents.amounts import amounts_of, with_vat
from invoices.documents.types import Accept, Document, IssuedDocument, Kind, Line
from invoices.einvoice.more import merge
from invoices.einvoice.profiles import profile_of
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import terms_of
from invoices.validation.terms import CREDIT_NOTES
from quality.rules import Broken
from runtime.currencies import ISSUED_CURRENCIES

Terms = dict[str, Any]
NOT_EXPRESSED = "not-expressed"
# Invoice days have no time. Noon is on the same day in nearly every zone.
NOON = time(12)
CREDIT = "Credit note"
MOST_NAMED = 5
# The text has one encoding, whatever it says of itself.
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def read_document(content: str, options: Options) -> Document:
    """The document of an e-invoice; raises `Broken`, `BadValue` and `BadXml`."""
    root, syntax = parse(_DECLARATION.sub("", content).encode())
    given = read_terms(root, syntax)
    if (currency := text_of(given, "BT-5")) not in ISSUED_CURRENCIES:
        raise BadValue(f"BT-5: {currency[:10]!r} is not a currency that documents are issued in.")
    document = _document(given, options)
    base = terms_of(_preview(document))
    check_sums(base, given)
    document = replace(document, terms=further_terms(base, given))
    if NOT_EXPRESSED not in options.waived:
        _check_lost(root, merge(base, document.terms), syntax)
    return document


def _document(given: Terms, options: Options) -> Document:
    kind = Kind.CREDIT_NOTE if text_of(given, "BT-3") in CREDIT_NOTES else Kind.INVOICE
    note = "\n".join(note["BT-22"] for note in given["BG-1"] if note.get("BT-22"))
    reason = (" ".join(note.split()) or CREDIT)[:1000] if kind is Kind.CREDIT_NOTE else ""
    document = Document(
        kind=kind,
        number=text_of(given, "BT-1"),
        issued_at=_moment(given, options),
        due_date=day_of(given, "BT-9"),
        seller=parts.party_of(given.get("BG-4", {})),
        buyer=parts.party_of(given.get("BG-7", {})),
        currency=text_of(given, "BT-5"),
        lines=tuple(_lines(given)),
        source=options.source,
        reason=reason,
        note="" if reason else note,
        vat=parts.vat_of(given),
        allowances=parts.adjustments_of(given.get("BG-20", [])),
        charges=parts.adjustments_of(given.get("BG-21", [])),
        prepaid_amount=amount_of(given, "BT-113"),
        rounding_amount=amount_of(given, "BT-114"),
        payment=parts.payment_of(given),
        delivery=parts.delivery_of(given),
        buyer_reference=text_of(given, "BT-10"),
        order_reference=text_of(given, "BT-13"),
        preceding=parts.preceding_of(given),
        profile=profile_of(text_of(given, "BT-24")),
    )
    amounts = amounts_of(document)
    # It was issued elsewhere, so a total of zero is what its seller wanted.
    accepted = () if amounts.total_amount else (Accept.ZERO_TOTAL,)
    return with_vat(replace(document, accepted=accepted), amounts.groups)


def _moment(given: Terms, options: Options) -> datetime:
    day = day_of(given, "BT-2")
    if day is None:
        raise BadValue("BT-2: the day of the invoice is missing.")
    return datetime.combine(day, NOON, options.zone)


def _lines(given: Terms) -> Iterator[Line]:
    reasons = {
        (rate := rate_of(each, "BT-119"), category_of(each, "BT-118", rate)): (
            text_of(each, "BT-120") or text_of(each, "BT-121")
        )
        for each in given.get("BG-23", [])
    }
    if not given.get("BG-25"):
        raise BadValue("BG-25: it has no lines; the profiles MINIMUM and BASIC WL of Factur-X have none.")
    for terms in given["BG-25"]:
        yield line_of(terms, reasons)


def _preview(document: Document) -> IssuedDocument:
    """The document as it will be issued, as far as its terms depend on it."""
    amounts, number = amounts_of(document), document.number or ""
    return IssuedDocument(
        id=0, number=number, printed_number=number, series="", ordinal=1, day=document.issued_at.date(),
        document=document, vat_groups=amounts.groups, subtotal=amounts.subtotal, vat_amount=amounts.vat_amount,
        total_amount=amounts.total_amount,
    )  # fmt: skip


def _check_lost(root: Any, terms: Terms, syntax: Syntax) -> None:
    try:
        lost = find_lost(root, terms, syntax)
    except ValueError as error:
        raise Broken(NOT_EXPRESSED, f"It cannot be written again: {error}") from error
    if lost:
        more = f" and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
        message = f"Documents cannot hold {'; '.join(lost[:MOST_NAMED])}{more}. Accept it where that may be left out."
        raise Broken(NOT_EXPRESSED, message)
