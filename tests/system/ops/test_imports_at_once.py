"""Imports in a running product: a file full of broken rows delays no other import, and a cancel ends one in the middle."""

from __future__ import annotations

import time
from typing import Any

import psycopg

from tests.stack import Stack
from tests.system.ops.uploads import BROKEN, ENDED, post, read, upload
from tests.system.ops.web import own_environment
from tests.waiting import HANG_SECONDS, wait_for

BROKEN_ROWS, GOOD_ROWS = 300_000, 100_000


def count(stack: Stack, series: str) -> int:
    with psycopg.connect(own_environment(stack)["DATABASE_URL"]) as connection:
        found = connection.execute(
            "SELECT count(*) FROM invoices_invoice WHERE invoice_number LIKE %s", [f"{series}-%"]
        ).fetchone()
    assert found is not None
    return int(found[0])


def ended(stack: Stack, import_id: int) -> dict[str, Any]:
    def end() -> dict[str, Any] | None:
        found = read(stack, import_id)
        return found if found["state"] in ENDED else None

    began = time.monotonic()
    found = wait_for(end, "the import to end", show=stack.output)
    print(f"import {import_id}: {found['state']} after {time.monotonic() - began:.1f} s")
    return found


def test_a_file_of_broken_rows_is_refused_and_a_small_import_beside_it_is_done(stack: Stack) -> None:
    broken = upload(stack, "BROKEN", BROKEN_ROWS, BROKEN)
    small = ended(stack, upload(stack, "SMALL", 3))
    assert (small["state"], small["report"]["documents"]) == ("done", 3)
    refused = ended(stack, broken)
    assert refused["state"] == "failed"
    assert "more than 10,000 of its documents break a rule" in refused["error"]
    assert refused["report"]["quarantined"] == {"bad-value": 10_000}


def test_an_import_is_cancelled_in_the_middle_and_its_report_is_that_of_the_store(stack: Stack) -> None:
    import_id = upload(stack, "LARGE", GOOD_ROWS)
    wait_for(lambda: read(stack, import_id)["report"], "the first documents", show=stack.output)
    cancelled = post(stack, f"/api/imports/{import_id}/cancel")
    assert cancelled["state"] == "cancelled"
    # The next import has the queue for itself: the cancelled one has ended.
    assert ended(stack, upload(stack, "NEXT", 3))["state"] == "done"
    found = read(stack, import_id)
    assert (found["state"], found["report"]) == ("cancelled", cancelled["report"])
    assert 0 < found["report"]["documents"] < GOOD_ROWS
    assert count(stack, "LARGE") == found["report"]["documents"]
    audit = stack.manage("audit", seconds=HANG_SECONDS)
    assert audit.returncode == 0, audit.stdout + audit.stderr
