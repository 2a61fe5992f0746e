"""Stores: list, open, change, pause, resume, disconnect, erase."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from ninja.errors import ValidationError

from accounts.access import SIGNED_IN
from stores import changes, opening
from stores.api.chosen import READ_ERRORS, WRITE_ERRORS, AccountSlug, chosen_account
from stores.api.repeated import KEY_HEADER, Key, create_once
from stores.api.schemas import Slug, StoreChange, StoreIn, StoreOut, StoresOut
from stores.members.callers import caller_of, store_for
from stores.members.roles import Role
from stores.models import Store
from stores.serialize import present_store, present_stores
from web.permissions import requires

router = Router(tags=["stores"])
can_change = requires(SIGNED_IN, advice="GET /api/stores has the present state.")


@router.get("/stores", response={200: StoresOut, **READ_ERRORS}, auth=requires(SIGNED_IN))
def list_stores(request: HttpRequest, account: AccountSlug | None = None) -> Any:
    """The stores of the account, or of all accounts of the caller; erased ones are left out."""
    mine = {chosen_account(request, account, Role.VIEWER).pk} if account else caller_of(request).roles
    rows = Store.objects.filter(account_id__in=mine).exclude(status=Store.Status.ERASED).select_related("account")
    return {"items": present_stores(list(rows))}


@router.post("/stores", response={201: StoreOut, **WRITE_ERRORS}, auth=can_change)
def post_store(
    request: HttpRequest, body: StoreIn, account: AccountSlug | None = None, idempotency_key: Key | None = KEY_HEADER
) -> Any:
    """Open a store, with its series and its feed. The server makes the slug."""
    found = chosen_account(request, account, Role.ADMIN)
    wanted = body.model_dump(exclude={"seller"}) | {"seller": _seller(body.model_dump()["seller"])}
    with _bad_values_named():
        return create_once(
            request,
            idempotency_key,
            StoreOut,
            lambda: present_store(opening.open_store(found, opening.Wanted(**wanted))),
        )


@router.get("/stores/{slug}", response={200: StoreOut, **READ_ERRORS}, auth=requires(SIGNED_IN))
def get_store(request: HttpRequest, slug: Slug) -> Any:
    """One store."""
    return present_store(store_for(caller_of(request), slug, Role.VIEWER))


@router.patch("/stores/{slug}", response={200: StoreOut, **WRITE_ERRORS}, auth=can_change)
def patch_store(request: HttpRequest, slug: Slug, body: StoreChange) -> Any:
    """Change a store. Its slug, currency and prefix stay."""
    store = store_for(caller_of(request), slug, Role.ADMIN)
    wanted = body.model_dump(exclude_none=True)
    if "seller" in wanted:
        wanted["seller"] = _seller(wanted["seller"])
    letterhead = wanted.pop("letterhead", None)
    with _bad_values_named():
        return present_store(changes.change_store(store, wanted, letterhead))


@router.delete("/stores/{slug}", response={202: StoreOut, **WRITE_ERRORS}, auth=can_change)
def delete_store(request: HttpRequest, slug: Slug) -> Any:
    """Disconnect the store and delete its rows. Documents stay; of a demonstration store, no row stays."""
    caller = caller_of(request)
    store = store_for(caller, slug, Role.ADMIN)
    changes.erase(store, created_by=caller.name)
    return Status(202, present_store(store))


@router.post("/stores/{slug}/pause", response={200: StoreOut, **WRITE_ERRORS}, auth=can_change)
def pause_store(request: HttpRequest, slug: Slug) -> Any:
    """Stop to take orders until the store is resumed."""
    store = store_for(caller_of(request), slug, Role.ADMIN)
    changes.pause(store)
    return present_store(store)


@router.post("/stores/{slug}/resume", response={200: StoreOut, **WRITE_ERRORS}, auth=can_change)
def resume_store(request: HttpRequest, slug: Slug) -> Any:
    """Take orders again."""
    store = store_for(caller_of(request), slug, Role.ADMIN)
    changes.resume(store)
    return present_store(store)


@router.post("/stores/{slug}/disconnect", response={200: StoreOut, **WRITE_ERRORS}, auth=can_change)
def disconnect_store(request: HttpRequest, slug: Slug) -> Any:
    """End the connection and delete the secrets of the store."""
    store = store_for(caller_of(request), slug, Role.ADMIN)
    changes.disconnect(store)
    return present_store(store)


def _seller(given: dict[str, Any] | None) -> dict[str, Any]:
    """The fields that say something."""
    known = {name: value for name, value in (given or {}).items() if value}
    return {name: _seller(value) if isinstance(value, dict) else value for name, value in known.items()}


@contextmanager
def _bad_values_named() -> Iterator[None]:
    """Bad values become a 422 with the name of the field."""
    try:
        yield
    except opening.BadStore as bad:
        raise ValidationError([{"loc": ["body", *bad.field.split(".")], "msg": str(bad).removesuffix(".")}]) from bad
