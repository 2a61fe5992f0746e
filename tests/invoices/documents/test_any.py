"""Any document is read as it was posted, to the cent, and no posted body causes an error in the server."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from invoices.documents.characters import find_hidden
from tests.dashboard.api.caller import Caller
from tests.dashboard.api.conftest import api, stranger  # noqa: F401 - the API in this process

pytestmark = pytest.mark.django_db
CENT = Decimal("0.01")
ANY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

words = (
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=40)
    .map(partial(unicodedata.normalize, "NFC"))
    .filter(lambda text: bool(text.strip()) and find_hidden(text) is None)
)
rates = st.sampled_from(["0", "0.05", "0.07", "0.15", "0.19", "0.2", "0.0525", "1"])


def decimals(least: str, most: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(least), Decimal(most), allow_nan=False, allow_infinity=False, places=places)


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    quantity = draw(decimals("-50", "1000", draw(st.integers(0, 6))))
    price = draw(decimals("0", "9999", draw(st.integers(0, 6))))
    written = draw(st.sampled_from([str, float]))
    return {
        "description": draw(words),
        "quantity": f"{quantity:f}" if written is str else float(quantity),
        "unit_price": f"{price:f}" if written is str else float(price),
        "vat_rate": draw(rates),
        "product_code": draw(st.sampled_from(["", "85123A", "POST"])),
    }


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(microseconds=draw(st.integers(0, 10**14)))
    return {
        "currency": draw(st.sampled_from(["EUR", "GBP", "SAR"])),
        "invoice_date": moment.isoformat(timespec="microseconds"),
        "due_date": draw(st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(str)),
        "seller": {"name": draw(words), "country": draw(st.sampled_from(["", "DE", "SA"]))},
        "buyer": {"name": draw(words), "street": draw(words), "external_id": draw(words)},
        "lines": draw(st.lists(lines(), min_size=1, max_size=8)),
        "note": draw(st.just("") | words),
        "accept": ["before-newest"],
    }


def expected_amounts(document: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """Subtotal and VAT, without code of the product."""
    nets: dict[Decimal, Decimal] = {}
    for line in document["lines"]:
        net = Decimal(str(line["quantity"])) * Decimal(str(line["unit_price"]))
        rate = Decimal(line["vat_rate"])
        nets[rate] = nets.get(rate, Decimal(0)) + net.quantize(CENT, ROUND_HALF_UP)
    vat = sum(((net * rate).quantize(CENT, ROUND_HALF_UP) for rate, net in nets.items()), Decimal(0))
    return sum(nets.values(), Decimal(0)), vat


@ANY
@given(document=documents())
def test_what_is_posted_is_read_the_same_to_the_cent(api: Caller, document: dict[str, Any]) -> None:  # noqa: F811
    subtotal, vat = expected_amounts(document)
    assume(subtotal > 0 and vat >= 0)
    posted = api.post("/invoices", document)
    assert api.status == 201, posted
    found = api.get(f"/invoices/{posted['invoice_number']}")
    assert found == posted
    assert (Decimal(found["subtotal"]), Decimal(found["vat_amount"])) == (subtotal, vat)
    assert Decimal(found["total_amount"]) == subtotal + vat
    for name in ("currency", "due_date", "note"):
        assert found[name] == document[name]
    assert found["buyer"].items() >= document["buyer"].items()
    assert datetime.fromisoformat(found["invoice_date"]) == datetime.fromisoformat(document["invoice_date"])
    for line, written in zip(found["lines"], document["lines"], strict=True):
        assert (line["description"], line["product_code"]) == (written["description"], written["product_code"])
        for name in ("quantity", "unit_price", "vat_rate"):
            assert Decimal(line[name]) == Decimal(str(written[name]))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """A document with one value replaced by anything, at any depth; or nothing like a document at all."""
    document = draw(documents())
    place: Any = document
    while True:
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or draw(st.booleans()):
            break
        place = place[key]
    place[key] = draw(anything)
    return draw(st.sampled_from([document, {"invoices": [document]}, place]))


@ANY
@given(body=spoilt())
def test_any_body_is_issued_right_or_refused(api: Caller, body: Any) -> None:  # noqa: F811
    found = api.call("POST", "/invoices", json.dumps(body).encode())
    assert api.status in (200, 201, 409, 422), found
    if api.status == 201:
        subtotal, vat = expected_amounts(body)
        assert (Decimal(found["subtotal"]), Decimal(found["vat_amount"])) == (subtotal, vat)
