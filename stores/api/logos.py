"""The logo of a store: set, shown, removed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from accounts.access import SIGNED_IN
from stores import changes, letterheads
from stores.api.chosen import READ_ERRORS, WRITE_ERRORS
from stores.api.schemas import Slug, StoreOut
from stores.logos import make_logo
from stores.members.callers import caller_of, store_for
from stores.members.roles import Role
from stores.serialize import present_store
from web.openapi import answers
from web.permissions import requires

router = Router(tags=["stores"])
can_change = requires(SIGNED_IN, advice="GET /api/stores has the present state.")
_PICTURE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
BODY = {"required": True, "content": {f"image/{kind}": _PICTURE for kind in ("png", "jpeg", "webp", "gif", "svg+xml")}}


@router.put(
    "/stores/{slug}/logo",
    response={200: StoreOut, **WRITE_ERRORS},
    auth=can_change,
    openapi_extra={"requestBody": BODY},
)
def put_logo(request: HttpRequest, slug: Slug) -> Any:
    """Set the logo: a picture of up to 256 KiB as the body, whatever its type. It is drawn again as PNG."""
    store = store_for(caller_of(request), slug, Role.ADMIN)
    changes.check_is_kept(store)
    letterheads.set_logo(store.pk, make_logo(request.body))
    return present_store(store)


@router.get(
    "/stores/{slug}/logo",
    response=READ_ERRORS,
    auth=requires(SIGNED_IN),
    openapi_extra=answers(["image/png"]),
)
def get_logo(request: HttpRequest, slug: Slug) -> Any:
    """The logo as PNG."""
    store = store_for(caller_of(request), slug, Role.VIEWER)
    answer = HttpResponse(letterheads.read_logo(store.pk), content_type="image/png")
    answer["Cache-Control"] = "private, no-cache"
    return answer


@router.delete("/stores/{slug}/logo", response={204: None, **WRITE_ERRORS}, auth=can_change)
def delete_logo(request: HttpRequest, slug: Slug) -> Any:
    """Remove the logo."""
    store = store_for(caller_of(request), slug, Role.ADMIN)
    changes.check_is_kept(store)
    letterheads.set_logo(store.pk, None)
    return Status(204, None)
