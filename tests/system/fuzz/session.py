"""A fuzzing session: log in, send, check the log, and check that the product works afterwards."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any

import httpx

from tests.stack import Stack
from tests.system.fuzz.bounds import ping_unread, send_into_silence
from tests.system.fuzz.calls import Calls
from tests.system.fuzz.run import LONGEST_SECONDS, Outcome, Watch, judge_memory, send_calls, send_frames, timed
from tests.waiting import HANG_SECONDS, wait_for

# What Django calls an error of security is a refusal (400).
ERRORS = re.compile(r"Traceback|\b(ERROR|CRITICAL)\b(?!\s+django\.security)|Internal Server Error|Unhandled")
WARM_REQUESTS, WARM_FRAMES = 400, 200
# One request in this many is sent again while PostgreSQL gives no answer; each round takes three seconds.
SILENT_FROM, SILENT_SHARE, FEWEST_SILENT = 2 * 10**9, 100, 16
UNREAD = 10


def fuzz(
    stack: Stack,
    *,
    requests: int,
    frames: int,
    seed: int,
    first: int = 0,
    longest_seconds: float = LONGEST_SECONDS,
) -> Outcome:
    """Fuzz `stack`; the shared one is as it was afterwards."""
    outcome, began = Outcome(longest_seconds=longest_seconds), time.monotonic()
    logged = len(stack.output())
    with httpx.Client(base_url=stack.url, timeout=HANG_SECONDS, trust_env=False) as api:
        calls = Calls(seed, _document(api), f"127.0.0.1:{stack.port}", *_signed_in(stack, api))
        asyncio.run(_send(stack, calls, outcome, requests=requests, frames=frames, seed=seed, first=first))
        _look_at_the_log(stack.output()[logged:], outcome)
        # Every process says in its log that PostgreSQL is silent.
        silent = range(SILENT_FROM, SILENT_FROM + max(FEWEST_SILENT, requests // SILENT_SHARE))
        asyncio.run(send_into_silence(calls, silent, stack, outcome))
        _restore(api)
    judge_memory(outcome)
    _look_at_the_books(stack, outcome)
    return timed(outcome, began)


async def _send(
    stack: Stack, calls: Calls, outcome: Outcome, *, requests: int, frames: int, seed: int, first: int
) -> None:
    """Send the requests and frames, after a short round that fills pools, caches and templates: those are no growth."""
    warm = Outcome(longest_seconds=outcome.longest_seconds)
    watch = Watch(lambda: stack.pid("web"), warm)
    host = f"127.0.0.1:{stack.port}"
    await send_calls(calls, range(10**9, 10**9 + min(WARM_REQUESTS, requests)), stack.port, warm, watch)
    await send_frames(seed + 1, min(WARM_FRAMES, frames), stack.port, host, warm, watch)
    outcome.findings += [f"in the round before: {finding}" for finding in warm.findings]
    watch = Watch(lambda: stack.pid("web"), outcome, prints_progress=requests > 5000)
    watch.look()
    await send_calls(calls, range(first, first + requests), stack.port, outcome, watch)
    await asyncio.gather(
        send_frames(seed, frames, stack.port, host, outcome, watch),
        ping_unread(seed, UNREAD, stack.port, outcome),
    )
    watch.look()


def _document(api: httpx.Client) -> dict[str, Any]:
    """The OpenAPI document; on a busy machine it takes longer to make than an answer may, and is there the next time."""
    answers: list[httpx.Response] = []

    def is_there() -> bool:
        answers.append(api.get("/api/openapi.json"))
        return answers[-1].status_code == 200

    wait_for(is_there, "the OpenAPI document")
    document: dict[str, Any] = answers[-1].json()
    return document


def _signed_in(stack: Stack, api: httpx.Client) -> tuple[tuple[str, ...], str]:
    """The addresses of the admin, and the cookies of a session there."""
    password = json.loads((stack.data_dir / "secrets.json").read_text())["ADMIN_PASSWORD"]
    with httpx.Client(base_url=stack.url, timeout=HANG_SECONDS, trust_env=False) as browser:
        browser.get("/admin/login/")
        form = {"username": "admin", "password": password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        browser.post("/admin/login/", data=form, headers={"Origin": stack.url})
        index = browser.get("/admin/")
        assert index.status_code == 200, index.text[:500]
        paths = tuple(sorted(set(re.findall(r'href="(/admin/[^"?]*)"', index.text)) - {"/admin/logout/"}))
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return paths, cookie


def _restore(api: httpx.Client) -> None:
    """A feed that is idle, empty and at its usual pace."""
    api.post("/api/control/reset", json={"purge": True}).raise_for_status()
    for feed in ("demo", "live"):
        pace = {"mode": "every", "rate_per_second": 2}
        api.put("/api/feed", params={"feed": feed}, json=pace).raise_for_status()


def _look_at_the_log(log: str, outcome: Outcome) -> None:
    for line in log.splitlines():
        if ERRORS.search(line):
            outcome.find(f"the log says: {line[:300]}")


def _look_at_the_books(stack: Stack, outcome: Outcome) -> None:
    done = stack.manage("audit", "--json")
    if done.returncode:
        outcome.find(f"the audit found: {done.stdout[-1000:]}{done.stderr[-1000:]}")
