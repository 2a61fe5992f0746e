"""Imports in a running product: files of rows that are good, or broken one and all."""

from __future__ import annotations

import gzip
import json
import urllib.request
from typing import Any

from tests.imports.samples import COLUMNS, row
from tests.stack import Stack
from tests.waiting import HANG_SECONDS

BROKEN = "x"
ENDED = ("done", "failed", "cancelled")


def upload(stack: Stack, series: str, rows: int, quantity: str = "1") -> int:
    """Import that many rows of one document each; returns the number of the import. `BROKEN` is not a quantity."""
    text = "\n".join(",".join(line) for line in (COLUMNS, *(row(str(n), quantity) for n in range(rows))))
    query = f"format=online-retail&series={series}&name={series}.csv"
    return int(post(stack, f"/api/imports?{query}", gzip.compress(text.encode()))["id"])


def post(stack: Stack, path: str, body: bytes = b"") -> dict[str, Any]:
    headers = {"Content-Type": "application/gzip", **stack.headers}
    request = urllib.request.Request(f"{stack.url}{path}", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=HANG_SECONDS) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def read(stack: Stack, import_id: int) -> dict[str, Any]:
    found: dict[str, Any] = stack.get_json(f"/api/imports/{import_id}")
    return found
