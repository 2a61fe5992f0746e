"""A document as PDF and as an e-invoice. Registered before the invoices' own calls, whose address takes any ending."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from ninja import Field

from dashboard.api.app import api, can_view
from dashboard.api.schemas import PendingOut, Problem, Text
from exports.renditions.keys import Form
from exports.renditions.obtain import Made, NotMade, NotValid, obtain
from invoices.documents import serialize
from invoices.documents.read import read_documents
from invoices.queries import UnknownInvoice
from web.openapi import answers
from web.problems import problem

MEDIA_TYPES = {"pdf": "application/pdf", "xml": "application/xml"}
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
TOLD, LONGEST = 5, 700
Syntax = Annotated[Literal["ubl", "cii"], Field(description="UBL 2.1, or UN/CEFACT CII D16B")]


@api.get(
    "/invoices/{path:invoice_number}.pdf",
    response={202: PendingOut, **ERRORS},
    openapi_extra=answers(["application/pdf", "application/json"]),
    auth=can_view,
    tags=["invoices"],
)
def get_pdf(request: HttpRequest, invoice_number: Text) -> Any:
    """The document on A4 as PDF/A-3b, with its CII inside when that is valid (Factur-X). 202: it is being made."""
    return _answer(invoice_number, Form.PDF)


@api.get(
    "/invoices/{path:invoice_number}.xml",
    response={202: PendingOut, **ERRORS},
    openapi_extra=answers(["application/xml", "application/json"]),
    auth=can_view,
    tags=["invoices"],
)
def get_xml(request: HttpRequest, invoice_number: Text, syntax: Syntax = "ubl") -> Any:
    """The document as an EN 16931 e-invoice, checked by its schema and Schematron. 202: it is being made."""
    return _answer(invoice_number, Form(syntax))


def _answer(number: str, form: Form) -> Any:
    try:
        found = obtain(number, form)
    except UnknownInvoice as unknown:
        return _read_whole(f"{number}.{form.ending}", unknown)
    except NotValid as refusal:
        return _refuse(refusal)
    except NotMade as failure:
        return problem(503, f"The file could not be made: {failure}")
    return _send(found, number, form) if isinstance(found, Made) else _pending()


def _read_whole(number: str, unknown: UnknownInvoice) -> Any:
    """A source's own number may end like a file."""
    try:
        return JsonResponse(serialize.document(read_documents([number])[0]))
    except UnknownInvoice:
        raise unknown from None


def _refuse(refusal: NotValid) -> HttpResponse:
    told = "; ".join(f"{fault.field or 'document'}: {fault.message} [{fault.rule}]" for fault in refusal.faults[:TOLD])
    errors = [
        {"field": fault.field[:LONGEST], "rule": fault.rule, "message": fault.message} for fault in refusal.faults
    ]
    return problem(422, f"{refusal} {told[:LONGEST]}.", errors=errors)


def _send(made: Made, number: str, form: Form) -> HttpResponse:
    answer = HttpResponse(made.content, content_type=MEDIA_TYPES[form.ending])
    name = f"{number}.{form.ending}".replace("/", "_")
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    answer["ETag"] = f'"{made.key}"'
    return answer


def _pending() -> HttpResponse:
    answer = JsonResponse({"state": "pending", "detail": "The file is being made; ask again in a moment."}, status=202)
    answer["Retry-After"] = "1"
    return answer
