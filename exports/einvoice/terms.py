"""A document in the business terms of EN 16931 (BT-1, BG-4, ...), under the keys that the `factur-x` library takes.

Arithmetic and names only. Amounts are text: the library takes no Decimal, and would round a float half to even.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from invoices import money
from invoices.documents.types import IssuedDocument, Kind, Line, Party, VatGroup
from invoices.validation.en16931 import vat_identifier

Terms = dict[str, Any]

# UNTDID 1001.
COMMERCIAL_INVOICE, CREDIT_NOTE = "380", "381"
# UNECE Recommendation 20: one, of whatever is sold.
UNIT = "C62"
PAYABLE = "Payable on receipt."
CREDITED = "Credited to the buyer; nothing is to be paid."
TEST_NOTE = "TEST DOCUMENT: generated, no sale was made, nothing is to be paid."
# What a generated document lacks, so that its XML can be looked at. None of it is anybody's.
TEST_COUNTRY, TEST_VAT_ID = "SA", "SA000000000000000"
# All that XML 1.0 cannot hold, not even escaped.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def terms_of(issued: IssuedDocument) -> Terms:
    """All terms of an issued document."""
    document = issued.document
    is_credit_note = document.kind is Kind.CREDIT_NOTE
    terms: Terms = {
        "BT-1": clean(issued.printed_number),
        "BT-2": issued.day,
        "BT-3": CREDIT_NOTE if is_credit_note else COMMERCIAL_INVOICE,
        "BT-5": document.currency,
        "BT-20": CREDITED if is_credit_note else PAYABLE,
        "BG-1": [{"BT-22": clean(note)} for note in notes_of(issued)],
        "BG-4": _seller(issued),
        "BG-7": _buyer(issued),
        "BG-23": [_vat_group(group) for group in issued.vat_groups],
        "BG-25": [_line(position, line) for position, line in enumerate(document.lines, start=1)],
        **_totals(issued),
    }
    if document.due_date and not is_credit_note:
        terms["BT-9"] = document.due_date
        del terms["BT-20"]
    if document.corrects:
        terms["BG-3"] = [{"BT-25": clean(issued.corrects_printed or document.corrects)}]
    return terms


def notes_of(issued: IssuedDocument) -> list[str]:
    """What the document says in words."""
    document = issued.document
    return [note for note in (TEST_NOTE if issued.is_test else "", document.reason, document.note) if note.strip()]


def clean(text: str) -> str:
    """The text without what XML cannot hold."""
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _totals(issued: IssuedDocument) -> Terms:
    subtotal, vat, total = (money.text(amount) for amount in (issued.subtotal, issued.vat_amount, issued.total_amount))
    return {"BT-106": subtotal, "BT-109": subtotal, "BT-110": vat, "BT-112": total, "BT-115": total}


def _seller(issued: IssuedDocument) -> Terms:
    party = _party(issued, issued.document.seller)
    if issued.is_test and "vat_identifier" not in party:
        party["vat_identifier"] = TEST_VAT_ID
    return party


def _buyer(issued: IssuedDocument) -> Terms:
    return _party(issued, issued.document.buyer)


def _party(issued: IssuedDocument, party: Party) -> Terms:
    found: Terms = {
        "name": clean(party.name),
        "addr_l1": clean(party.street),
        "city": clean(party.city),
        "postcode": clean(party.postcode),
        "country_code": party.country or (TEST_COUNTRY if issued.is_test else ""),
        "vat_identifier": clean(vat_identifier(party)),
    }
    if party.external_id:
        found["identifiers"] = {None: clean(party.external_id)}
    if party.email:
        found["contacts"] = [{"email": clean(party.email)}]
    # The library wants a name, be it empty.
    return {term: value for term, value in found.items() if value or term == "name"}


def _vat_group(group: VatGroup) -> Terms:
    return {
        "BT-116": money.text(group.net),
        "BT-117": money.text(group.vat),
        "BT-118": group.category,
        "BT-119": _percent(group.rate),
    }


def _line(position: int, line: Line) -> Terms:
    found: Terms = {
        "BT-126": str(position),
        "BT-129": _plain(line.quantity),
        "BT-130": UNIT,
        "BT-131": money.text(line.net),
        "BT-146": _plain(line.unit_price),
        "BT-151": line.category,
        "BT-152": _percent(line.vat_rate),
        "BT-153": clean(line.description),
    }
    if line.product_code:
        found["BT-155"] = clean(line.product_code)
    return found


def _percent(rate: Decimal) -> str:
    return _plain(rate * 100)


def _plain(number: Decimal) -> str:
    """Without an exponent or needless zeros."""
    return f"{number.normalize():f}" if number else "0"
