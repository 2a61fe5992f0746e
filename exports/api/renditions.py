"""One document: as JSON, as PDF and as an e-invoice. The addresses with an ending come first: the last takes any."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from ninja import Field, Router, Schema

from accounts.access import VIEW
from exports.einvoice.sheets import RulesNotInstalled
from exports.files.made import digest_header
from exports.renditions.keys import Form, Wanted
from exports.renditions.obtain import Made, NotMade, NotValid, WrongSyntax, obtain
from invoices.api.schemas import DocumentOut
from invoices.documents import serialize
from invoices.documents.read import find_number, read_documents
from invoices.queries import UnknownInvoice
from invoices.validation.profiles import Profile
from web.openapi import answers
from web.permissions import requires
from web.problems import problem
from web.schemas import Problem, Text

router = Router(tags=["invoices"])
MEDIA_TYPES = {"pdf": "application/pdf", "xml": "application/xml"}
RULES_NOT_INSTALLED = "rules_not_installed"
MOST_SHOWN, LONGEST = 5, 700
Syntax = Annotated[Literal["ubl", "cii"], Field(description="UBL 2.1, or UN/CEFACT CII D16B")]
Rendition = Annotated[
    Literal["pdf", "ubl", "cii"], Field(description="a file of the document whose number is the whole address")
]


XmlProfile = Annotated[
    Literal["en16931", "peppol", "xrechnung"],
    Field(description="the rules that it must keep; Peppol is UBL alone"),
]
PdfProfile = Annotated[
    Literal["facturx", "en16931"],
    Field(description="422 instead of a PDF without an e-invoice inside; both contain a CII of EN 16931"),
]


ERRORS = {frozenset({401, 403, 404, 409, 422, 503}): Problem}


class PendingOut(Schema):
    state: Literal["pending"]
    detail: str


@router.get(
    "/invoices/{path:invoice_number}.pdf",
    response={200: DocumentOut, 202: PendingOut, **ERRORS},
    openapi_extra=answers(["application/pdf"]),
    auth=requires(VIEW),
)
def get_pdf(
    request: HttpRequest, invoice_number: Text, profile: PdfProfile | None = None, rendition: Rendition | None = None
) -> Any:
    """The document on A4 as PDF/A-3b, with its CII inside when that is valid (Factur-X). 202: it is being made.

    A document whose own number ends in `.pdf` comes first, as JSON: ask with `rendition` for a file of either.
    """
    wanted = Wanted(form=Form.PDF, profile=Profile(profile) if profile else None)
    return _answer(request, invoice_number, wanted, rendition)


@router.get(
    "/invoices/{path:invoice_number}.xml",
    response={200: DocumentOut, 202: PendingOut, **ERRORS},
    openapi_extra=answers(["application/xml"]),
    auth=requires(VIEW),
)
def get_xml(
    request: HttpRequest,
    invoice_number: Text,
    syntax: Syntax = "ubl",
    profile: XmlProfile = "en16931",
    rendition: Rendition | None = None,
) -> Any:
    """The document as an e-invoice, checked by its schema and the official rules of its profile. 202: it is being made.

    409 `rules_not_installed`: the rules of the profile are not there. 422: `missing` names the fields.

    A document whose own number ends in `.xml` comes first, as JSON: ask with `rendition` for a file of either.
    """
    return _answer(request, invoice_number, Wanted(form=Form(syntax), profile=Profile(profile)), rendition)


@router.get(
    "/invoices/{path:invoice_number}",
    response={200: DocumentOut, 202: PendingOut, **ERRORS},
    openapi_extra=answers(["application/pdf", "application/xml"]),
    auth=requires(VIEW),
)
def get_invoice(request: HttpRequest, invoice_number: Text, rendition: Rendition | None = None) -> Any:
    """One invoice or credit note with all that it says; with `rendition`, a file of it.

    It is found by its number, or by its printed number where only one has it.
    """
    number = find_number(invoice_number)
    return _file(request, number, Wanted(form=Form(rendition))) if rendition else _whole(number)


def _answer(request: HttpRequest, stem: str, wanted: Wanted, rendition: Rendition | None) -> Any:
    """An address with an ending is that of the document of this number, if there is one, or else of a file."""
    whole = f"{stem}.{wanted.form.ending}"
    if rendition:
        return _file(request, find_number(whole), Wanted(form=Form(rendition)))
    try:
        return _whole(find_number(whole))
    except UnknownInvoice:
        return _file(request, find_number(stem), wanted)


def _whole(number: str) -> JsonResponse:
    return JsonResponse(serialize.document(read_documents([number])[0]))


def _file(request: HttpRequest, number: str, wanted: Wanted) -> HttpResponse:
    try:
        found = obtain(number, wanted)
    except NotValid as refusal:
        return _refuse(refusal)
    except WrongSyntax as refusal:
        return problem(422, str(refusal), errors=[{"field": "syntax", "message": str(refusal)}])
    except RulesNotInstalled as refusal:
        return problem(409, str(refusal), code=RULES_NOT_INSTALLED)
    except NotMade as failure:
        return problem(503, f"The file could not be made: {failure}")
    return _send(request, found, number, wanted.form) if isinstance(found, Made) else _pending()


def _refuse(refusal: NotValid) -> HttpResponse:
    shown = "; ".join(
        f"{fault.field or 'document'}: {fault.message} [{fault.rule}]" for fault in refusal.faults[:MOST_SHOWN]
    )
    errors = [
        {"field": fault.field[:LONGEST], "rule": fault.rule, "message": fault.message} for fault in refusal.faults
    ]
    missing = [{"field": error["field"], "rule": error["rule"]} for error in errors]
    return problem(422, f"{refusal} {shown[:LONGEST]}.", errors=errors, missing=missing)


def _send(request: HttpRequest, made: Made, number: str, form: Form) -> HttpResponse:
    answer = HttpResponse(made.content, content_type=MEDIA_TYPES[form.ending])
    name = f"{number}.{form.ending}".replace("/", "_")
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    # What was issued never changes, but who may see it does: a copy is asked for again before it is shown.
    answer["Cache-Control"] = "private, no-cache"
    answer["ETag"] = f'"{made.key}"'
    answer["Content-Length"] = str(len(made.content))
    answer["Content-Digest"] = digest_header(sha256(made.content).hexdigest())
    return cast(HttpResponse, get_conditional_response(request, etag=answer["ETag"], response=answer))


def _pending() -> HttpResponse:
    answer = JsonResponse({"state": "pending", "detail": "The file is being made; ask again in a moment."}, status=202)
    answer["Retry-After"] = "1"
    return answer
