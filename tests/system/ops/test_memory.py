"""The memory of the web process does not grow with the requests it has answered."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

from runtime.environment import BASE_DIR
from tests.dashboard.api.test_outage import web_environment
from tests.stack import Stack
from tests.system.ops.wired import database_url
from tests.waiting import HANG_SECONDS

AT_ONCE, LOGINS = 8, 48
MOST_GROWTH = 50_000_000
# A tenth of an object a request: what its threads hold comes and goes.
REQUESTS, MOST_OBJECTS = 600, 100


def log_in(url: str, name: str) -> int:
    """No user has that name; a log-in takes as much of Argon2 as one with a wrong password."""
    with httpx.Client(base_url=url, timeout=HANG_SECONDS, trust_env=False) as browser:
        browser.get("/login/")
        form = {"username": name, "password": "wrong", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        return browser.post("/login/", data=form, headers={"Origin": url}).status_code


@pytest.mark.long
def test_logins_leave_nothing_behind(stack: Stack) -> None:
    web = psutil.Process(stack.pid("web"))
    log_in(stack.url, "first")
    before = web.memory_full_info().uss
    with ThreadPoolExecutor(AT_ONCE) as people:
        answers = set(people.map(lambda number: log_in(stack.url, f"nobody {number}"), range(LOGINS)))
    assert answers == {200}
    assert web.memory_full_info().uss - before < MOST_GROWTH


@pytest.mark.long
def test_requests_with_a_token_leave_no_objects_behind(viewer: str, tmp_path: Path) -> None:
    environment = web_environment(database_url(), tmp_path, INVOICEDASH_OPEN="0", TOKEN=viewer)
    # Counting lines makes objects of its own.
    environment = {name: value for name, value in environment.items() if not name.startswith("COVERAGE_")}
    command = [sys.executable, "-m", "tests.system.ops.asking", str(REQUESTS)]
    ran = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) < MOST_OBJECTS
