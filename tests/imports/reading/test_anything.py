"""Any bytes give one sentence for the whole file, or documents and broken rules, and never another error."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports.reading import options, source
from imports.reading.lines import BadFile
from imports.reading.options import Format
from invoices.documents.amounts import amounts_of
from quality.rules import Broken
from tests.imports.samples import COLUMNS
from tests.steps import ended

NOW = datetime(2026, 11, 27, tzinfo=UTC)
OWN = "number,invoice_date,buyer_name,description,quantity,unit_price,vat_rate,kind,corrects,currency"
HEADS = {
    Format.ONLINE_RETAIL: ",".join(COLUMNS) + "\n",
    Format.INVOICES_CSV: OWN + "\n",
    Format.JSON: "",
    Format.SHOPIFY: "Name,Financial Status,Created at,Currency,Subtotal,Taxes,Total,Lineitem name,Lineitem quantity,"
    "Lineitem price\n",
    Format.WOOCOMMERCE: "order_number,status,order_date,order_total,order_currency,line_items,shipping_total,fee_items\n",
    Format.STRIPE: "id,Type,Source,Amount,Currency,Created (UTC),Amount Refunded\n",
    Format.PAYPAL: "Transaction ID,Date,Time,Type,Status,Gross,Currency\n",
    Format.FACTURX: "%PDF-1.7\n",
    Format.TABLE: "Nr;Datum;Kunde;Artikel;Menge;Preis;MwSt\n",
}
MAPPING = {
    "number": "Nr", "date": "Datum", "buyer": "Kunde",
    "lines": {"description": "Artikel", "quantity": "Menge", "unit_price": "Preis", "vat_rate": "MwSt"},
}  # fmt: skip

cells = st.one_of(
    st.sampled_from(
        [
            "1",
            "C1",
            "A1",
            "-1",
            "0",
            "2.55",
            "1.234",
            "1,5",
            "31.01.2026",
            "3/4/2026",
            "paid",
            "Payment",
            "NaN",
            "1e400",
            "Infinity",
            "2026-01-31",
            '"',
            "é",
            "",
            "9" * 5000,
        ]
    ),
    st.text(max_size=8),
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), cells),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
NAMES = (
    "number",
    "kind",
    "invoice_date",
    "currency",
    "seller",
    "buyer",
    "lines",
    "total_amount",
    "corrects",
    "vat_rate",
)
objects = st.dictionaries(
    st.sampled_from(NAMES), st.one_of(json_values, st.dictionaries(st.sampled_from(["name", "x"]), json_values))
)
rows = st.one_of(
    st.lists(cells, min_size=6, max_size=11).map(",".join),
    st.text(max_size=40),
    objects.map(lambda one: json.dumps(one)),
)
MOST_BROKEN = 3
texts = st.lists(rows, max_size=8).map("\n".join)


def check(form: Format, content: bytes) -> None:
    mapping = MAPPING if form == Format.TABLE else None
    given = {"format": form, "currency": "EUR", "seller": "We", "vat_rate": "0.2", "mapping": mapping}
    chosen = options.make(given)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        try:
            scan = ended(source.scan_steps(path, chosen, MOST_BROKEN, Path(folder)))
        except BadFile as error:
            assert str(error).endswith((".", "?"))  # noqa: PT017
            return
        found = list(source.read(scan))
    assert len(found) == scan.document_count
    assert sum(one.record_count for one in found) == scan.record_count
    for one in found:
        try:
            document = source.understand(one, scan.header, scan.options, NOW)
        except Broken as error:
            assert str(error)  # noqa: PT017
            continue
        assert amounts_of(document).total_amount > Decimal(0)


@pytest.mark.parametrize("form", list(Format))
@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(text=texts)
def test_any_text(form: Format, text: str) -> None:
    check(form, (HEADS.get(form, "") + text).encode(errors="surrogatepass"))


@pytest.mark.parametrize("form", list(Format))
@settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes(form: Format, content: bytes) -> None:
    check(form, content)
    check(form, HEADS.get(form, "").encode() + content)
