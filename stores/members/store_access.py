"""The store of a call as facts, for the apps above. A stranger gets the answer of a store that does not exist."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Field

from accounts.access import SIGNED_IN
from stores.members.callers import caller_of, store_for
from stores.members.roles import Role
from stores.queries import StoreFacts, UnknownStore, facts_of

__all__ = ["SIGNED_IN", "Role", "Slug", "UnknownStore", "read_store_for"]

Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,35}$")]


def read_store_for(request: HttpRequest, slug: str, needs: Role) -> StoreFacts:
    """The store `slug`. Raises `UnknownStore`, or `PermissionDenied` for a member without the role."""
    return facts_of(store_for(caller_of(request), slug, needs))
