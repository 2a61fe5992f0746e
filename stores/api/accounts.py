"""The account of the caller: its name, its plan, and what it uses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from accounts.access import SIGNED_IN
from stores.api.chosen import READ_ERRORS, WRITE_ERRORS, AccountSlug, chosen_account
from stores.api.schemas import AccountChange, AccountOut
from stores.members.callers import caller_of
from stores.members.roles import Role
from stores.members.serialize import present_account
from stores.models import Account
from web.permissions import requires

router = Router(tags=["accounts"])


@router.get("/account", response={200: AccountOut, **READ_ERRORS}, auth=requires(SIGNED_IN))
def get_account(request: HttpRequest, account: AccountSlug | None = None) -> Any:
    """The account, with the caller's role in it, and its limits with what is used."""
    return _present(request, chosen_account(request, account, Role.VIEWER))


@router.patch(
    "/account",
    response={200: AccountOut, **WRITE_ERRORS},
    auth=requires(SIGNED_IN, advice="GET /api/account has the present state."),
)
def patch_account(request: HttpRequest, body: AccountChange, account: AccountSlug | None = None) -> Any:
    """Rename the account. Its slug stays."""
    found = chosen_account(request, account, Role.ADMIN)
    found.name = body.name
    found.save(update_fields=["name"])
    return _present(request, found)


def _present(request: HttpRequest, account: Account) -> dict[str, Any]:
    return present_account(account, caller_of(request).roles[account.pk])
