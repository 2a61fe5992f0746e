"""Every answer has the security headers: a content policy, no guessing of types, no frames, no name of the server.

Answers come from Django, and from the server when it refuses a request before Django.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.accounts.test_addresses import RIGHTS
from tests.stack import Stack
from tests.waiting import HANG_SECONDS

# Method, path, status: one answer of each kind.
ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/wall/", 200),
    ("GET", "/system/", 200),
    ("GET", "/login/", 200),
    ("GET", "/admin/", 302),
    ("GET", "/admin/login/", 200),
    ("GET", "/api/docs", 200),
    ("GET", "/api/openapi.json", 200),
    ("GET", "/api/stats", 200),
    ("GET", "/api/nope", 404),
    ("GET", "/nope", 404),
    ("DELETE", "/api/stats", 405),
    ("POST", "/healthz", 405),
    ("GET", "/healthz", 200),
    ("GET", "/metrics", 200),
    ("GET", "/static/ui/icon.svg", 200),
    ("PUT", "/api/feed", 422),
    ("POST", "/login/", 403),
]


@pytest.fixture(scope="module")
def client(stack: Stack) -> Iterator[httpx.Client]:
    """One for all tests: each new client reads the certificates of the system."""
    with httpx.Client(base_url=stack.url, timeout=HANG_SECONDS) as opened:
        yield opened


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_carries_the_security_headers(client: httpx.Client, method: str, path: str, status: int) -> None:
    client.cookies.clear()
    answer = client.request(method, path)
    assert answer.status_code == status
    assert_secure(answer)


# `RIGHTS` has every address of the product outside the admin, as "METHOD /path/{parameter}".
@pytest.mark.parametrize("address", sorted(RIGHTS))
def test_every_address_answers_other_methods_with_the_security_headers(client: httpx.Client, address: str) -> None:
    client.cookies.clear()
    path = re.sub(r"[{<][^}>]*[}>]", "1", address.split(" ")[1])
    for method in ("GET", "OPTIONS", "DELETE"):
        assert_secure(client.request(method, path))


def test_a_body_that_the_server_refuses_is_answered_with_the_security_headers(stack: Stack) -> None:
    answer = httpx.post(f"{stack.url}/api/control/start", content=b" " * (256 * 1024 + 1), timeout=HANG_SECONDS)
    assert answer.status_code == 413
    assert_secure(answer)


def test_a_refused_request_of_another_site_is_answered_with_the_security_headers(stack: Stack) -> None:
    answer = httpx.get(f"{stack.url}/api/stats", headers={"Origin": "https://elsewhere.example"}, timeout=HANG_SECONDS)
    assert answer.status_code == 403
    assert_secure(answer)


def test_an_unknown_host_is_a_problem_document(stack: Stack) -> None:
    answer = httpx.get(f"{stack.url}/api/stats", headers={"Host": "elsewhere.example"}, timeout=HANG_SECONDS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


def assert_secure(answer: httpx.Response) -> None:
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers
