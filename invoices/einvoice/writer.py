"""Writes XML from business terms, with the `factur-x` library: UBL 2.1 or CII.

The library's data dict changed in three minor versions within a month, so it is pinned exactly and every kind of document is
checked against the rules in the tests. Its own validation passes when the server it wants does not answer; it is never
used (see `exports.einvoice.rules`).
"""

from __future__ import annotations

import re
from decimal import Decimal
from xml.sax.saxutils import escape

from facturx import generate_xml

from invoices.einvoice.profiles import EN16931
from invoices.einvoice.repairs import repair
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import Terms

LEVEL = "en16931"
_BARE_PLACE = re.compile(rb'<ram:GlobalID schemeID="~\d+">([^<]*)</ram:GlobalID>')
_PLACE = re.compile(rb' schemeID="([^"~]*)~\d+"')
_NIL_DELIVERY = b'<ram:ApplicableHeaderTradeDelivery xsi:nil="true"/>'
_EMPTY_DELIVERY = b"<ram:ApplicableHeaderTradeDelivery/>"
# The library writes the rounding amount in euros, whatever the currency is.
_ROUNDING = '<cbc:PayableRoundingAmount currencyID="{}">'
_FLAVORS = {Syntax.UBL: "ubl-2.1", Syntax.CII: "factur-x"}


def write_xml(terms: Terms, syntax: Syntax) -> bytes:
    """The XML of a document; it may still break rules. Raises `ValueError` for a term that the library does not take."""
    specification, further = terms.get("BT-24", EN16931), terms.get("BG-17", [])
    try:
        written = _write({term: value for term, value in terms.items() if term != "BT-24"}, syntax)
        written = _without_places(written).replace(f">{EN16931}<".encode(), f">{escape(specification)}<".encode(), 1)
        return repair(written, terms, further, syntax)
    except (ArithmeticError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"A business term has a shape that e-invoices do not have: {error!r}") from error


def _without_places(written: bytes) -> bytes:
    """Identifiers of the same scheme are distinguished by `~2`, because the library has them by scheme."""
    if b"~" not in written:
        return written
    return _PLACE.sub(rb' schemeID="\1"', _BARE_PLACE.sub(rb"<ram:ID>\1</ram:ID>", written)).replace(
        b' schemeID=""', b""
    )


def _without_creditor(party: Terms) -> Terms:
    """The party without the creditor's identifier (BT-90), which only UBL has among those of the party."""
    identifiers = {scheme: text for scheme, text in party.get("identifiers", {}).items() if scheme != "SEPA"}
    return party | {"identifiers": identifiers}


def _with_gross_price(line: Terms) -> Terms:
    """A discount of the price needs the gross price in CII, which UBL may leave out."""
    if not line.get("BT-147-00") or line.get("BT-148"):
        return line
    return line | {"BT-148": str(Decimal(line["BT-146"]) + Decimal(line["BT-147-00"][0]["BT-147"]))}


def _write(terms: Terms, syntax: Syntax) -> bytes:
    if "BT-7" in terms:
        # The library writes the tax point of CII into the VAT groups that have the term as well.
        terms["BG-23"] = [group | {"BT-7": terms["BT-7"]} for group in terms["BG-23"]]
    if syntax is Syntax.CII:
        terms |= {group: _without_creditor(terms[group]) for group in ("BG-4", "BG-10") if group in terms}
        terms["BG-25"] = [_with_gross_price(line) for line in terms["BG-25"]]
    written: bytes = generate_xml(terms, flavor=_FLAVORS[syntax], level=LEVEL, check_xsd=False, check_schematron=False)
    # Without a date of delivery the library marks the empty element as nil, which the schema of CII does not allow.
    written = written.replace(_NIL_DELIVERY, _EMPTY_DELIVERY)
    return written.replace(_ROUNDING.format("EUR").encode(), _ROUNDING.format(terms["BT-5"]).encode())
