"""Puts the checked CII into a PDF/A-3, which makes it Factur-X."""

from __future__ import annotations

from facturx import generate_from_binary

from invoices.einvoice.writer import LEVEL


def embed(pdf: bytes, cii: bytes, metadata: dict[str, str], language: str) -> bytes:
    """A Factur-X document: the PDF/A-3 with the checked CII in it. `language` is that of its labels."""
    embedded: bytes = generate_from_binary(
        pdf,
        cii,
        flavor="factur-x",
        level=LEVEL,
        check_xsd=False,
        check_schematron=False,
        pdf_metadata=metadata,
        lang=language,
        afrelationship="alternative",
    )
    return embedded
