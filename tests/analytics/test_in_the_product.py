"""Figures of the running product: they include issued documents without a request, also after the fold was killed."""

from __future__ import annotations

import json
import signal
import urllib.request
from typing import Any

import pytest

from tests.stack import Stack
from tests.waiting import HANG_SECONDS, wait_for

pytestmark = pytest.mark.timeout(900)
DOCUMENT = {
    "currency": "SAR",
    "seller": {"name": "Nordwind GmbH"},
    "buyer": {"name": "Ocean & Sons", "external_id": "1"},
    "lines": [{"description": "Mug", "quantity": 2, "unit_price": "10.00", "vat_rate": "0.15"}],
}


def post(stack: Stack) -> None:
    body = json.dumps(DOCUMENT).encode()
    request = urllib.request.Request(f"{stack.url}/api/invoices", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=HANG_SECONDS) as answer:
        assert answer.status == 201


def revenue(stack: Stack) -> Any:
    found = stack.get_json("/api/v1/analytics/metrics?metric=revenue")
    return found["totals"][0]["revenue"]


def test_what_is_issued_is_in_the_figures_also_after_the_fold_was_killed() -> None:
    with Stack() as stack:
        post(stack)
        wait_for(lambda: revenue(stack) == "20.00", "the first invoice in the figures")
        stack.kill("loops", signal.SIGKILL)
        post(stack)
        wait_for(lambda: revenue(stack) == "40.00", "the second invoice in the figures")
        state = {each["name"]: each for each in stack.get_json("/api/system/status")["processes"]}
        assert state["loops"]["restarts"] >= 1
