"""The check of a seller's details before anything is sold: for the page that connects a store."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from accounts.access import SIGNED_IN
from invoices.api.document_parts import Text200
from invoices.api.schemas import PartyIn
from invoices.documents.types import Contact, ElectronicAddress, Party
from invoices.validation.profiles import Profile
from invoices.validation.seller import find_missing_of_seller
from web.permissions import requires
from web.schemas import Problem

router = Router(tags=["invoices"])


class SellerToCheck(PartyIn):
    """A party of `POST /api/invoices`; everything may be missing."""

    name: Text200 = ""
    profile: Literal["en16931", "peppol", "xrechnung", "facturx"] = Field(
        "en16931", description="the profile of the e-invoices that the seller sends"
    )


class SellerFinding(Schema):
    field: str
    message: str
    rule: str


class SellerFindings(Schema):
    items: list[SellerFinding]


@router.post(
    "/sellers/lint",
    response={200: SellerFindings, frozenset({400, 401, 403, 413, 422, 503}): Problem},
    auth=requires(SIGNED_IN, begins_outcome=False),
)
def lint_seller(request: HttpRequest, body: SellerToCheck) -> Any:
    """What e-invoices of this seller would lack, in the profile that they are sent in. Nothing is stored."""
    given = body.model_dump()
    profile = Profile(given.pop("profile"))
    address, contact = given.pop("electronic_address"), given.pop("contact")
    seller = Party(
        **given,
        electronic_address=ElectronicAddress(**address) if address else None,
        contact=Contact(**contact) if contact else None,
    )
    return {"items": [asdict(finding) for finding in find_missing_of_seller(seller, profile)]}
