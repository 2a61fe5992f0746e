"""Takes the XML out of a Factur-X PDF, in bounded memory."""

from __future__ import annotations

import io

from pypdf import PdfReader

from imports.reading.einvoices.xml import LARGEST, BadXml

START = b"%PDF-"
# The names that the versions of Factur-X, ZUGFeRD and XRechnung give to it.
NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")


def attached_xml(content: bytes) -> bytes:
    """The attached invoice; raises `BadXml` where there is none."""
    try:
        found = _find(PdfReader(io.BytesIO(content)))
    except BadXml:
        raise
    # For a damaged PDF, the library raises exceptions of any type.
    except Exception as error:
        raise BadXml(
            f"the PDF cannot be read, it is damaged or not complete ({str(error)[:100]}); send it again"
        ) from None
    if len(found) > LARGEST:
        raise BadXml(f"the XML in the PDF is larger than {LARGEST // 1024**2} MiB")
    return found


def _find(reader: PdfReader) -> bytes:
    for attachment in reader.attachment_list:
        if attachment.name.lower() in NAMES:
            return bytes(attachment.content)
    raise BadXml(
        f"the PDF has no e-invoice in it ({', '.join(NAMES)}); send another file, such as an export as CSV or Excel"
    )
