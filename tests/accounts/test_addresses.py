"""The access of every role to every address; an address that is missing in `RIGHTS` fails the test.

`RIGHTS` names the right that each address needs. Roles without it must be refused, roles with it must not. Answers about the
parameters of the call (404, 409, 422) are not about rights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.accounts.conftest import ROLES, Visit

PUBLIC, VIEW, CONTROL, ADMIN, NOBODY = "public", "view", "control", "admin", "nobody"
# Any user: the account and the role in it decide (`tests/stores/test_tenancy.py`).
SIGNED_IN = "signed in"
# The right that each address outside the admin needs. Pages come from the URL patterns, calls from the OpenAPI document.
RIGHTS = {
    "GET /": VIEW,
    "GET /wall/": VIEW,
    "GET /system/": VIEW,
    "GET /analytics/": VIEW,
    "GET /exports/": VIEW,
    "GET /stores/<store:slug>/letterhead/": SIGNED_IN,
    "GET /stores/<store:slug>/": SIGNED_IN,
    "GET /stores/<store:slug>/inbox/": SIGNED_IN,
    "GET /imports/": CONTROL,
    "GET /stores/": SIGNED_IN,
    "GET /stores/connect/": SIGNED_IN,
    "GET /stores/connect/shopify/": SIGNED_IN,
    "GET /account/": SIGNED_IN,
    "GET /system/mail/": ADMIN,
    "GET /system/mail/<notification:notification_id>/": ADMIN,
    "GET /accounts/invitations/<str:token>/": PUBLIC,
    "GET /accounts/signup/": PUBLIC,
    "GET /accounts/confirm-email/": PUBLIC,
    "GET /accounts/confirm-email/<str:key>/": PUBLIC,
    "GET /accounts/password/reset/": PUBLIC,
    "GET /accounts/password/reset/done/": PUBLIC,
    "GET /accounts/password/reset/key/done/": PUBLIC,
    "GET /accounts/password/reset/key/<user36:uidb36>-<str:key>/": PUBLIC,
    # Keys of a shop; the nonce of the exchange is the proof.
    "GET /in/woocommerce/auth/": PUBLIC,
    "GET /login/": PUBLIC,
    "POST /logout/": PUBLIC,
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    "GET /metrics": PUBLIC,
    "GET /api/openapi.json": PUBLIC,
    "GET /api/docs": PUBLIC,
    "GET /api/stats": VIEW,
    "GET /api/stats/history": VIEW,
    "GET /api/invoices": VIEW,
    "GET /api/invoices/{invoice_number}": VIEW,
    "GET /api/invoices/{invoice_number}.pdf": VIEW,
    "GET /api/invoices/{invoice_number}.xml": VIEW,
    "GET /api/exports/invoices.{form}": VIEW,
    "POST /api/invoices": CONTROL,
    "GET /api/idempotency/{key}": CONTROL,
    "GET /api/answers/{key}": CONTROL,
    "GET /api/system/status": VIEW,
    "GET /api/system/queues": VIEW,
    "GET /api/system/events": VIEW,
    "GET /api/notifications": ADMIN,
    "POST /api/notifications/{notification_id}/retry": ADMIN,
    "GET /api/deliveries": ADMIN,
    "GET /api/stores/{slug}/deliveries": SIGNED_IN,
    "GET /api/stores/{slug}/deliveries/{delivery_id}": SIGNED_IN,
    "POST /api/stores/{slug}/deliveries/{delivery_id}/replay": SIGNED_IN,
    "POST /api/stores/{slug}/deliveries/replay": SIGNED_IN,
    "POST /api/stores/{slug}/connect": SIGNED_IN,
    "GET /api/stores/{slug}/health": SIGNED_IN,
    "POST /api/stores/{slug}/sync": SIGNED_IN,
    "GET /api/stores/{slug}/orders": SIGNED_IN,
    "GET /api/stores/{slug}/orders/{external_id}": SIGNED_IN,
    "GET /api/stores/{slug}/metrics": SIGNED_IN,
    "GET /api/stores/{slug}/stock": SIGNED_IN,
    "GET /api/stores/{slug}/names": SIGNED_IN,
    "PUT /api/stores/{slug}/names": SIGNED_IN,
    "GET /api/jobs/{job_id}": SIGNED_IN,
    "POST /api/jobs/{job_id}/cancel": SIGNED_IN,
    "POST /api/v1/ingest/batch": SIGNED_IN,
    "POST /api/v1/ingest/stream": SIGNED_IN,
    "GET /api/v1/ingest/batches": SIGNED_IN,
    "GET /api/v1/ingest/batches/{batch_id}": SIGNED_IN,
    "GET /api/v1/rules": SIGNED_IN,
    "POST /api/v1/rules": SIGNED_IN,
    "POST /api/v1/rules/try": SIGNED_IN,
    "PATCH /api/v1/rules/{rule_id}": SIGNED_IN,
    "DELETE /api/v1/rules/{rule_id}": SIGNED_IN,
    "GET /api/v1/quality": SIGNED_IN,
    "GET /api/v1/quality/held": SIGNED_IN,
    "POST /api/v1/quality/held/replay": SIGNED_IN,
    "GET /api/v1/quality/held/{held_id}": SIGNED_IN,
    "POST /api/v1/quality/held/{held_id}": SIGNED_IN,
    "POST /api/imports": CONTROL,
    "POST /api/imports/preview": CONTROL,
    "GET /api/imports/{import_id}": CONTROL,
    "GET /api/imports/{import_id}/held": CONTROL,
    "POST /api/imports/held/{row_id}": CONTROL,
    "POST /api/imports/{import_id}/cancel": CONTROL,
    "GET /api/journal": VIEW,
    "POST /api/exports": VIEW,
    "GET /api/exports/{export_id}": VIEW,
    "GET /api/exports/{export_id}/file": VIEW,
    "POST /api/exports/{export_id}/cancel": VIEW,
    "POST /api/sellers/lint": SIGNED_IN,
    "GET /api/series": VIEW,
    "POST /api/series": CONTROL,
    "PATCH /api/series/{prefix}": CONTROL,
    "GET /api/replays": VIEW,
    "POST /api/replays": CONTROL,
    "DELETE /api/replays/{feed}": CONTROL,
    "POST /api/control/start": CONTROL,
    "POST /api/control/stop": CONTROL,
    "POST /api/control/reset": CONTROL,
    "POST /api/control/skip": CONTROL,
    "PUT /api/feed": CONTROL,
    "GET /api/v1/analytics/metrics": VIEW,
    "POST /api/v1/analytics/metrics": VIEW,
    "GET /api/v1/analytics/catalogue": VIEW,
    "GET /api/v1/analytics/explain": VIEW,
    "GET /api/v1/analytics/rows": VIEW,
    "GET /api/v1/analytics/cohorts": VIEW,
    "GET /api/v1/analytics/segments": VIEW,
    "POST /api/v1/analytics/export": VIEW,
    "GET /api/v1/analytics/exports/{export_id}": VIEW,
    "GET /api/v1/analytics/exports/{export_id}/file": VIEW,
    "GET /api/account": SIGNED_IN,
    "PATCH /api/account": SIGNED_IN,
    "GET /api/account/members": SIGNED_IN,
    "POST /api/account/members": SIGNED_IN,
    "PATCH /api/account/members/{member_id}": SIGNED_IN,
    "DELETE /api/account/members/{member_id}": SIGNED_IN,
    "POST /api/account/invitations": SIGNED_IN,
    "GET /api/account/invitations": SIGNED_IN,
    "DELETE /api/account/invitations/{invitation_id}": SIGNED_IN,
    "GET /api/stores": SIGNED_IN,
    "POST /api/stores": SIGNED_IN,
    "GET /api/stores/{slug}": SIGNED_IN,
    "PATCH /api/stores/{slug}": SIGNED_IN,
    "DELETE /api/stores/{slug}": SIGNED_IN,
    "PUT /api/stores/{slug}/logo": SIGNED_IN,
    "GET /api/stores/{slug}/logo": SIGNED_IN,
    "DELETE /api/stores/{slug}/logo": SIGNED_IN,
    "POST /api/stores/{slug}/pause": SIGNED_IN,
    "POST /api/stores/{slug}/resume": SIGNED_IN,
    "POST /api/stores/{slug}/disconnect": SIGNED_IN,
    # Only where everyone may do everything.
    "POST /api/system/processes/{name}/kill": NOBODY,
}
HOLDERS = {
    PUBLIC: set(ROLES),
    SIGNED_IN: set(ROLES) - {"anonymous"},
    VIEW: {"viewer", "operator", "admin"},
    CONTROL: {"operator", "admin"},
    ADMIN: {"admin"},
    NOBODY: set[str](),
}
# Pages by their pattern; the calls below api/ come from the document.
NO_PAGES = ("admin/", "api/")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("closed")]


def patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        text = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield text
        else:
            yield from patterns(each, text)


def addresses() -> set[str]:
    """Each address outside the admin, with its method, as `RIGHTS` writes it."""
    document = json.loads(Client().get("/api/openapi.json").content)
    calls = {f"{method.upper()} {path}" for path, calls in document["paths"].items() for method in calls}
    pages = {f"/{text}" for text in patterns(get_resolver()) if not text.startswith(NO_PAGES)}
    own = {"/api/openapi.json", "/api/docs"}
    return calls | {f"{'POST' if page == '/logout/' else 'GET'} {page}" for page in pages | own}


def test_every_address_has_its_line() -> None:
    found = addresses()
    assert len(found) > 20
    assert sorted(found - set(RIGHTS)) == [], "add these to RIGHTS in this file, with the right that each takes"
    assert sorted(set(RIGHTS) - found) == [], "these are gone; take them out of RIGHTS"


def ask(client: Client, line: str) -> Any:
    method, path = line.split(" ")
    return client.generic(method, re.sub(r"[{<][^}>]*[}>]", "1", path), b"", content_type="application/json")


@pytest.mark.parametrize("role", ROLES)
def test_each_gets_what_the_line_says(visit: Visit, role: str) -> None:
    client = visit(role)
    client.handler.enforce_csrf_checks = False
    # Last, because it ends the session.
    for line in sorted(RIGHTS, key=lambda line: "logout" in line):
        status = ask(client, line).status_code
        if role in HOLDERS[RIGHTS[line]]:
            assert status not in (401, 403), f"{role}: {line} answered {status}"
            assert status < 500, f"{role}: {line} answered {status}"
        else:
            refusal = 403 if role != "anonymous" else 401 if "/api/" in line else 302
            assert status == refusal, f"{role}: {line} answered {status}"


@pytest.mark.parametrize("role", ["anonymous", "nobody", "viewer", "operator"])
def test_the_admin_is_closed_to_users_who_are_not_staff(visit: Visit, role: str) -> None:
    client = visit(role)
    client.handler.enforce_csrf_checks = False
    admin = [text for text in patterns(get_resolver()) if text.startswith("admin/")]
    assert len(admin) > 50
    # Its login is public; its logout ends what is there.
    for text in admin:
        path = "/" + re.sub(r"<[^>]*>", "1", text).replace("^(?P1", "x").replace("(?P1.*)$", "x")
        if "login" in path or "logout" in path:
            continue
        for method in ("GET", "POST"):
            answer = client.generic(method, path)
            assert answer.status_code in (302, 404), f"{role}: {method} {path} answered {answer.status_code}"
            assert answer.status_code == 404 or answer["Location"].startswith("/admin/login/"), path
