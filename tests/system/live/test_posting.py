"""A document that is posted to the running product changes the totals and appears as a row of the live feed."""

from __future__ import annotations

from decimal import Decimal

import httpx

from runtime.limits import BATCH_BYTES
from tests.system.live.product import Json, Product
from tests.waiting import HANG_SECONDS


def document(**changes: object) -> Json:
    line = {"description": "Mug", "quantity": 2, "unit_price": 4.15, "vat_rate": "0.15"}
    return {"seller": {"name": "Nordwind"}, "buyer": {"name": "Ocean & Sons"}, "lines": [line]} | changes


def live_total(product: Product) -> Decimal:
    return Decimal(product.do("GET", "/api/stats?feed=live")["total_amount"])


def test_a_posted_invoice_and_its_credit_note_are_seen_by_everyone(product: Product) -> None:
    before = live_total(product)
    with product.dashboard(feed="live") as dashboard:
        number = product.do("POST", "/api/invoices", document())["invoice_number"]
        dashboard.wait(lambda: Decimal(dashboard.screen.stats["total_amount"]) > before, "the total of the invoice")
        note = product.do("POST", "/api/invoices", document(kind="credit_note", corrects=number))["invoice_number"]
        dashboard.wait(lambda: {number, note} <= set(dashboard.numbers()), "both rows")
        kinds = {invoice["invoice_number"]: invoice["kind"] for invoice in dashboard.screen.invoices.values()}
        assert (kinds[number], kinds[note]) == ("invoice", "credit_note")
        dashboard.wait(lambda: Decimal(dashboard.screen.stats["total_amount"]) == before, "the totals of both")


def test_a_batch_may_have_four_mebibytes_and_no_more(product: Product) -> None:
    line = {"description": "x" * 900, "quantity": 1, "unit_price": 1, "vat_rate": 0}
    batch = {"invoices": [document(lines=[line] * 100) for _ in range(42)]}
    with httpx.Client(base_url=product.stack.url, timeout=HANG_SECONDS, trust_env=False) as client:
        found = client.post("/api/invoices", json=batch)
        assert (found.status_code, found.json()["issued"]) == (200, 42)
        assert client.post("/api/invoices", content=b"x" * (BATCH_BYTES + 1)).status_code == 413
        assert client.post("/api/invoices/INV-000001", content=b"x" * 300_000).status_code == 413
