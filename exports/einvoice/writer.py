"""The one place that knows the `factur-x` library: writes XML, and puts it into a PDF.

Its data dict changed in three minor versions within a month, so it is pinned exactly and every kind of document is
checked against the rules in the tests. Its own validation passes when the server it wants does not answer; it is never
used (see `exports.einvoice.rules`).
"""

from __future__ import annotations

from enum import StrEnum

from facturx import generate_from_binary, generate_xml

from exports.einvoice.terms import Terms

LEVEL = "en16931"


class Syntax(StrEnum):
    """The two syntaxes that EN 16931 can be written in."""

    UBL = "ubl"
    CII = "cii"


_NIL_DELIVERY = b'<ram:ApplicableHeaderTradeDelivery xsi:nil="true"/>'
_EMPTY_DELIVERY = b"<ram:ApplicableHeaderTradeDelivery/>"
# The library writes the rounding amount in euros, whatever the currency is.
_ROUNDING = '<cbc:PayableRoundingAmount currencyID="{}">'
_FLAVORS = {Syntax.UBL: "ubl-2.1", Syntax.CII: "factur-x"}


def write_xml(terms: Terms, syntax: Syntax) -> bytes:
    """The XML of a document; it may still break rules. Raises `ValueError` for a term that the library does not take."""
    written: bytes = generate_xml(terms, flavor=_FLAVORS[syntax], level=LEVEL, check_xsd=False, check_schematron=False)
    # Without a date of delivery the library marks the empty element as nil, which the schema of CII does not allow.
    written = written.replace(_NIL_DELIVERY, _EMPTY_DELIVERY)
    return written.replace(_ROUNDING.format("EUR").encode(), _ROUNDING.format(terms["BT-5"]).encode())


def embed(pdf: bytes, cii: bytes, metadata: dict[str, str]) -> bytes:
    """A Factur-X document: the PDF/A-3 with the checked CII in it."""
    embedded: bytes = generate_from_binary(
        pdf,
        cii,
        flavor="factur-x",
        level=LEVEL,
        check_xsd=False,
        check_schematron=False,
        pdf_metadata=metadata,
        lang="en",
        afrelationship="alternative",
    )
    return embedded
