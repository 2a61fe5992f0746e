"""The parameters that choose an account, and the answers that all calls share."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Field

from stores.api.schemas import Slug
from stores.members.callers import account_for, caller_of
from stores.members.roles import Role
from stores.models import Account
from web.schemas import Problem

# Without it, the oldest account of the caller.
AccountSlug = Annotated[Slug, Field(description="the slug of an account; the caller's oldest one, unless it is given")]
# PostgreSQL stores no larger number, so no row has one.
LARGEST_ID = 2**63 - 1
READ_ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
WRITE_ERRORS = {frozenset({400, 401, 403, 404, 409, 413, 422, 503}): Problem}


def chosen_account(request: HttpRequest, slug: str | None, needs: Role) -> Account:
    """The account of a call; raises `UnknownAccount`, or `PermissionDenied` without the role."""
    return account_for(caller_of(request), slug, needs)
