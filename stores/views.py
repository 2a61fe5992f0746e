"""The pages of stores that only need stores: connecting a shop, and the account with its members."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.access import SIGNED_IN, is_open, page_requires
from runtime.currencies import ISSUED_CURRENCIES
from stores.letterhead import LONGEST_TEXTS
from stores.members.callers import Caller, caller_of, store_for
from stores.members.models import Membership
from stores.members.roles import Role
from stores.members.serialize import present_account, present_member
from stores.models import Account, Letterhead, Store
from stores.queries import UnknownStore
from stores.reachability import describe_app, is_on_the_internet, takes_keys
from stores.serialize import present_store


@require_safe
@never_cache
@page_requires(SIGNED_IN)
@ensure_csrf_cookie
def show_connect(request: HttpRequest) -> HttpResponse:
    """Connect a shop in five steps; `?store=` continues with a store that was opened before."""
    caller = caller_of(request)
    accounts = _accounts_of(caller, Role.ADMIN)
    store = _store_to_connect(caller, request.GET.get("store", ""))
    page = {
        "store": present_store(store) if store else None,
        "accounts": [{"slug": account.slug, "name": account.name} for account in accounts],
        "currency": settings.INVOICEDASH_CURRENCY,
        "takes_keys": takes_keys(settings.PUBLIC_URL) or settings.INTAKE_ALLOW_PRIVATE,
        "shopify": describe_app(settings.SHOPIFY_CLIENT_ID),
    }
    return render(request, "stores/connect.html", {
        "page": page, "store": store, "accounts": accounts, "currencies": sorted(ISSUED_CURRENCIES),
        "menu_at": "stores", "is_reachable": is_on_the_internet(settings.PUBLIC_URL), "public_url": settings.PUBLIC_URL,
    })  # fmt: skip


@require_safe
@never_cache
@page_requires(SIGNED_IN)
@ensure_csrf_cookie
def show_account(request: HttpRequest) -> HttpResponse:
    """One account of the user with its members; `?account=` chooses one, else the oldest."""
    caller = caller_of(request)
    accounts = _accounts_of(caller, Role.VIEWER)
    slug = request.GET.get("account", accounts[0].slug if accounts else "")
    account = next((each for each in accounts if each.slug == slug), None)
    if account is None and slug:
        raise Http404("You are not a member of such an account.")
    return render(request, "stores/account.html", {"accounts": accounts, **_describe(caller, account)})


@require_safe
@never_cache
@page_requires(SIGNED_IN)
@ensure_csrf_cookie
def show_letterhead(request: HttpRequest, slug: str) -> HttpResponse:
    """What is printed on the documents of a store; administrators of the account change it."""
    caller = caller_of(request)
    try:
        store = store_for(caller, slug, Role.VIEWER)
    except UnknownStore as unknown:
        raise Http404(str(unknown)) from unknown
    shown = present_store(store)
    return render(request, "stores/letterhead.html", {
        "store": store, "letterhead": shown["letterhead"], "languages": Letterhead.Language.choices,
        "may_change": caller.roles[store.owner.pk].includes(Role.ADMIN), "menu_at": "stores",
        "longest": LONGEST_TEXTS, "page": {"slug": store.slug},
    })  # fmt: skip


def _describe(caller: Caller, account: Account | None) -> dict[str, Any]:
    """What the page shows of the account; nothing where the user is a member of none."""
    if account is None:
        return {"account": None, "page": {}}
    role = caller.roles[account.pk]
    rows = Membership.objects.filter(account=account).select_related("user").order_by("pk")
    owner_count = sum(row.role == Role.OWNER for row in rows)
    members = [_member(caller, role, row, is_last=owner_count == 1 and row.role == Role.OWNER) for row in rows]
    return {
        "account": present_account(account, role), "members": members, "may_change": role.includes(Role.ADMIN),
        "roles": [each for each in Role if role.includes(each)], "is_open": is_open(), "has_mail": settings.EMAIL_SERVER,
        "page": {"account": account.slug, "role": role},
    }  # fmt: skip


def _member(caller: Caller, role: Role, row: Membership, *, is_last: bool) -> dict[str, Any]:
    """A member, and what the caller may do: change the role, remove, or leave."""
    is_self = caller.user is not None and row.user_id == caller.user.pk
    may_change = role.includes(Role.ADMIN) and role.includes(Role(row.role))
    return present_member(row) | {
        "is_self": is_self, "is_last_owner": is_last, "may_change": may_change and not is_last,
        "may_remove": (may_change or is_self) and not is_last,
    }  # fmt: skip


def _accounts_of(caller: Caller, needs: Role) -> list[Account]:
    """The accounts in which the caller has the role, the oldest first."""
    mine = [account for account, role in caller.roles.items() if role.includes(needs)]
    return list(Account.objects.filter(pk__in=mine).order_by("pk"))


def _store_to_connect(caller: Caller, slug: str) -> Store | None:
    """The store that `?store=` names; a 404 where the caller has none of that name."""
    if not slug:
        return None
    try:
        store = store_for(caller, slug, Role.ADMIN)
    except UnknownStore as unknown:
        raise Http404(str(unknown)) from unknown
    if store.status == Store.Status.ERASED:
        raise Http404(f"Store {store.slug} is erased.")
    return store
