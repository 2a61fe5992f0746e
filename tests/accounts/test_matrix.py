"""Access of every role to every address, in closed and in open mode."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from invoices.models import Run
from tests.accounts.conftest import ROLES, Visit
from tests.dashboard.api.caller import check

VIEWERS = {"viewer", "operator", "admin"}
CONTROLLERS = {"operator", "admin"}
PAGES = ("/", "/wall/", "/system/")
READS = ("/api/stats", "/api/stats/history", "/api/system/status", "/api/invoices")
# None of them exists: a client that may view gets 404.
FILES = ("/api/invoices/NO-1.pdf", "/api/invoices/NO-1.xml", "/api/exports/invoices.csv?feed=none")
CONTROLS = (
    ("POST", "/api/control/start", 201),
    ("POST", "/api/control/stop", 409),
    ("POST", "/api/control/reset", 200),
    ("POST", "/api/control/skip", 200),
    ("PUT", "/api/feed", 200),
    ("POST", "/api/invoices", 201),
)
INVOICE = """{"seller": {"name": "Nordwind"}, "buyer": {"name": "Ocean"},
    "lines": [{"description": "Mug", "quantity": 1, "unit_price": 4.15, "vat_rate": 0.15}]}"""
BODIES = {"/api/feed": "{}", "/api/invoices": INVOICE}
PUBLIC = ("/healthz", "/readyz", "/metrics", "/login/", "/admin/login/", "/api/openapi.json", "/api/docs")


def control(client: Client, method: str, path: str) -> Any:
    """An unsafe call as the page makes it: with the token of its CSRF cookie, if it has one."""
    client.get("/")
    token = client.cookies.get("csrftoken")
    headers = {"X-CSRFToken": token.value} if token else {}
    return client.generic(method, path, BODIES.get(path, ""), content_type="application/json", headers=headers)


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("role", ROLES)
class TestClosed:
    @pytest.mark.parametrize("path", PAGES)
    def test_pages_are_for_viewers_and_others_are_sent_to_the_login(self, visit: Visit, role: str, path: str) -> None:
        answer = visit(role).get(f"{path}?feed=demo")
        if role == "anonymous":
            assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={path}%3Ffeed%3Ddemo")
        else:
            assert answer.status_code == (200 if role in VIEWERS else 403)

    def test_reading_is_for_viewers(self, visit: Visit, role: str) -> None:
        client = visit(role)
        for path in READS:
            answer = client.get(path)
            assert answer.status_code == expected(role, VIEWERS, 200), path
            check(answer.status_code, answer["Content-Type"], answer.json())

    def test_files_are_for_viewers(self, visit: Visit, role: str) -> None:
        client = visit(role)
        for path in FILES:
            answer = client.get(path)
            assert answer.status_code == expected(role, VIEWERS, 404), path
            check(answer.status_code, answer["Content-Type"], answer.json())

    def test_control_is_for_operators(self, visit: Visit, role: str) -> None:
        client = visit(role)
        for method, path, success in CONTROLS:
            answer = control(client, method, path)
            wanted = 200 if path.endswith("stop") and role in CONTROLLERS else success
            assert answer.status_code == expected(role, CONTROLLERS, wanted), path
            check(answer.status_code, answer["Content-Type"], answer.json())
        assert Run.objects.exists() == (role in CONTROLLERS)

    def test_an_anonymous_client_gets_401_or_the_login_page(self, visit: Visit, role: str) -> None:
        answer = visit(role).get("/api/stats")
        if role == "anonymous":
            assert answer["WWW-Authenticate"] == "Bearer"
            assert "/login/" in answer.json()["detail"]
        elif role not in VIEWERS:
            assert "invoices.view_invoice" in answer.json()["detail"]

    def test_the_admin_is_for_staff(self, visit: Visit, role: str) -> None:
        assert visit(role).get("/admin/").status_code == (200 if role == "admin" else 302)

    def test_what_is_public_is_so(self, visit: Visit, role: str) -> None:
        client = visit(role)
        for path in PUBLIC:
            # Who is logged in already is sent on from the logins.
            assert client.get(path).status_code in (200, 302 if "login" in path else 200), path


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("role", ROLES)
class TestOpen:
    def test_everyone_sees_every_page(self, visit: Visit, role: str) -> None:
        client = visit(role)
        for path in (*PAGES, *READS):
            assert client.get(path).status_code == 200, path

    def test_everyone_controls_without_any_token(self, visit: Visit, role: str) -> None:
        client = visit(role)
        for method, path, success in CONTROLS:
            answer = client.generic(method, path, BODIES.get(path, ""), content_type="application/json")
            assert answer.status_code == (200 if path.endswith("stop") else success), path

    def test_the_admin_still_is_for_staff(self, visit: Visit, role: str) -> None:
        assert visit(role).get("/admin/").status_code == (200 if role == "admin" else 302)


def expected(role: str, allowed: set[str], success: int) -> int:
    if role in allowed:
        return success
    return 401 if role == "anonymous" else 403
