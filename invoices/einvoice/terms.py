"""A document in the business terms of EN 16931 (BT-1, BG-4, ...), under the keys that the `factur-x` library takes.

Arithmetic and names only. Amounts are text: the library takes no Decimal, and would round a float half to even.
"""

from __future__ import annotations

from typing import Any

from invoices import money
from invoices.documents.types import ZERO, Document, IssuedDocument, Kind, Payment
from invoices.einvoice.amounts import amounts_of
from invoices.einvoice.more import merge
from invoices.einvoice.parties import buyer_of, delivery_of, seller_of
from invoices.einvoice.texts import clean

Terms = dict[str, Any]

# UNTDID 1001.
COMMERCIAL_INVOICE, CREDIT_NOTE = "380", "381"
# UNTDID 4461, for a payment that does not say how: a credit transfer where there is an account, else not defined.
TRANSFER, NOT_DEFINED = "30", "1"
PAYABLE = "Payable on receipt."
PAID = "Paid; nothing is to be paid."
CREDITED = "Credited to the buyer; nothing is to be paid."
TEST_NOTE = "TEST DOCUMENT: generated, no sale was made, nothing is to be paid."


def terms_of(issued: IssuedDocument) -> Terms:
    """All terms of an issued document."""
    document = issued.document
    terms: Terms = {
        "BT-1": clean(issued.printed_number),
        "BT-2": issued.day,
        "BT-3": CREDIT_NOTE if document.kind is Kind.CREDIT_NOTE else COMMERCIAL_INVOICE,
        "BT-5": document.currency,
        "BT-10": clean(document.buyer_reference),
        "BT-13": clean(document.order_reference),
        "BG-1": [{"BT-22": clean(note)} for note in notes_of(issued)],
        "BG-3": _preceding(issued),
        "BG-4": seller_of(issued),
        "BG-7": buyer_of(issued),
        **amounts_of(issued),
        **_due(issued),
        **(_payment(document.payment) if document.payment else {}),
        **(delivery_of(document.delivery) if document.delivery else {}),
    }
    terms = {term: value for term, value in terms.items() if value or term == "BG-1"}
    return _with_further(terms, document) if document.terms else terms


def _with_further(terms: Terms, document: Document) -> Terms:
    """`terms` with the further terms of the document. Allowances and charges of zero have a sum as well (BR-CO-11)."""
    merged = merge(terms, document.terms)
    for group, total in (("BG-20", "BT-107"), ("BG-21", "BT-108")):
        if merged.get(group):
            merged.setdefault(total, money.printed(ZERO, document.currency))
    return merged


def notes_of(issued: IssuedDocument) -> list[str]:
    """What the document says in words."""
    document = issued.document
    return [note for note in (TEST_NOTE if issued.is_test else "", document.reason, document.note) if note.strip()]


def _preceding(issued: IssuedDocument) -> list[Terms]:
    """What a credit note corrects comes first."""
    document = issued.document
    found = [(each.number, each.date) for each in document.preceding]
    if document.corrects:
        found.insert(0, (issued.corrects_printed or document.corrects, issued.corrects_day))
    return [{"BT-25": clean(number), "BT-26": day} if day else {"BT-25": clean(number)} for number, day in found]


def _due(issued: IssuedDocument) -> Terms:
    """The due date and the terms; one of both is there while anything is to be paid (BR-CO-25)."""
    document = issued.document
    terms = clean(document.payment.terms) if document.payment else ""
    if document.kind is Kind.CREDIT_NOTE:
        return {"BT-20": terms or CREDITED}
    if document.due_date:
        return {"BT-9": document.due_date, "BT-20": terms}
    return {"BT-20": terms or (PAYABLE if issued.payable_amount > 0 else PAID)}


def _payment(payment: Payment) -> Terms:
    iban = "".join(payment.iban.split())
    if not (payment.means_code or payment.reference or iban):
        return {}
    means = payment.means_code or (TRANSFER if iban else NOT_DEFINED)
    return {"BT-81": means, "BT-83": clean(payment.reference), "BT-84": iban}
