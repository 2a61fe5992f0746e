"""On a full disk the product reports the condition, refuses clearly, and continues by itself after space is free again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.disk import fill, small_disk
from tests.stack import Stack
from tests.waiting import HANG_SECONDS, wait_for

# An upload that does not fit into what a page cache or a block may still hold.
UPLOAD = b"x" * 2_000_000


@pytest.fixture(scope="module")
def small() -> Iterator[Stack]:
    """The product with 300 MB of space."""
    root = Path(tempfile.mkdtemp(prefix="invoicedash-disk-"))
    try:
        with small_disk(root / "data", megabytes=300), Stack(data_dir=root / "data") as stack:
            yield stack
    finally:
        shutil.rmtree(root, ignore_errors=True)


def ask(stack: Stack, method: str, path: str, **more: Any) -> httpx.Response:
    return httpx.request(method, f"{stack.url}{path}", timeout=HANG_SECONDS, **more)


def conditions(stack: Stack) -> dict[str, dict[str, str]]:
    """By name, of whichever answer can be had: the probe answers in every case."""
    answer = ask(stack, "GET", "/readyz")
    return {each["name"]: each for each in answer.json().get("conditions", [])}


def issued(stack: Stack) -> int:
    answer = ask(stack, "GET", "/api/system/status")
    return int(answer.json()["run"]["issued_count"]) if answer.status_code == 200 else -1


def says_that_nothing_is_issued(stack: Stack) -> bool:
    """Either PostgreSQL refuses the invoices, or it has ended because its log has no space."""
    answer = ask(stack, "GET", "/readyz")
    names = {each["name"] for each in answer.json()["conditions"]}
    is_gone = answer.status_code == 503 and answer.json()["services"]["postgres"] == "down"
    return "disk-full" in names and ("run-stalled" in names or is_gone)


@pytest.mark.timeout(900)
def test_full_disk_is_shown_refuses_clearly_and_is_over_when_space_is_back(small: Stack) -> None:
    started = ask(small, "POST", "/api/control/start", json={"rate_per_second": 1000, "duration_seconds": 3600})
    assert started.status_code == 201
    wait_for(lambda: issued(small) > 20, "the run to issue")
    filler = fill(small.data_dir)
    wait_for(lambda: "disk-full" in conditions(small), "the full disk to be shown", show=small.output)
    assert str(small.data_dir) in conditions(small)["disk-full"]["sentence"]

    refused = ask(small, "POST", "/api/imports?format=invoices-csv", content=UPLOAD)
    assert refused.status_code == 503, refused.text
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["detail"].startswith("The disk is full")
    assert "disk-full" in {each["name"] for each in refused.json()["conditions"]}
    assert "uploads.py" not in small.output(), "a traceback of the upload"
    wait_for(lambda: says_that_nothing_is_issued(small), "the run to be shown as stalled", show=small.output)

    filler.unlink()
    before = wait_for(lambda: max(0, issued(small)), "the status to answer")
    wait_for(lambda: issued(small) > before, "the run to go on", show=small.output)
    wait_for(lambda: "disk-full" not in conditions(small), "the condition to end", show=small.output)
    assert ask(small, "GET", "/readyz").status_code == 200
    assert small.manage("audit", seconds=300).returncode == 0
