"""What the web process holds does not grow with what it was asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil

from tests.stack import Stack
from tests.waiting import HANG_SECONDS

AT_ONCE, LOGINS = 8, 48
MOST_GROWTH = 50_000_000


def log_in(url: str, name: str) -> int:
    """Nobody has that name, which takes as much of Argon2 as somebody's wrong password."""
    with httpx.Client(base_url=url, timeout=HANG_SECONDS, trust_env=False) as browser:
        browser.get("/login/")
        form = {"username": name, "password": "wrong", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        return browser.post("/login/", data=form, headers={"Origin": url}).status_code


def test_logins_leave_nothing_behind(stack: Stack) -> None:
    web = psutil.Process(stack.pid("web"))
    log_in(stack.url, "first")
    before = web.memory_full_info().uss
    with ThreadPoolExecutor(AT_ONCE) as people:
        answers = set(people.map(lambda number: log_in(stack.url, f"nobody {number}"), range(LOGINS)))
    assert answers == {200}
    assert web.memory_full_info().uss - before < MOST_GROWTH
