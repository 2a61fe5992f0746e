"""What shops' files hold: days in the shop's zone, free orders, currencies without decimals, numbers that come twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from imports import importing
from imports.reading import options as reading_options
from invoices.documents.read import find_number, read_documents
from invoices.documents.types import IssuedDocument
from invoices.models import Invoice, Series
from quality import quarantine
from quality.models import Quarantined

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "number,kind,invoice_date,seller_name,buyer_name,currency,description,quantity,unit_price,vat_rate,reason"


def row(number: str, day: str = "2026-04-01", **changes: str) -> str:
    values = {
        "number": number, "kind": "", "invoice_date": day, "seller_name": "Nordwind", "buyer_name": "Jo", "currency": "EUR",
        "description": "Mug", "quantity": "2", "unit_price": "4.15", "vat_rate": "0.19", "reason": "",
    }  # fmt: skip
    return ",".join((values | changes).values())


def take_in(folder: Path, *lines: str, header: str = HEADER, **changes: Any) -> dict[str, Any]:
    path = folder / f"{len(list(folder.iterdir()))}.csv"
    path.write_text("\n".join((header, *lines, "")))
    options = reading_options.make({"format": "invoices-csv", **changes})
    found: dict[str, Any] = importing.import_files([path], options).as_json()
    return found


def read(number: str) -> IssuedDocument:
    [found] = read_documents([find_number(number)])
    return found


def kept() -> list[Quarantined]:
    return list(Quarantined.objects.order_by("id"))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles"])
def test_the_day_is_that_of_the_shop(tmp_path: Path, zone: str) -> None:
    take_in(tmp_path, row("A48"), timezone=zone)
    assert read("SHOP-A48").day == date(2026, 4, 1)


def test_a_free_order_waits_until_a_person_accepts_it(tmp_path: Path) -> None:
    report = take_in(tmp_path, row("A45", unit_price="0.00"))
    assert report["quarantined"] == {"zero-total": 1}
    [waiting] = kept()
    assert quarantine.accept(waiting.pk, by="anna").invoice_number == "SHOP-A45"
    assert read("SHOP-A45").total_amount == 0


def test_a_free_order_is_issued_where_the_series_allows_it(tmp_path: Path) -> None:
    Series.objects.create(prefix="SHOP", kind="external", feed_id="live", allows_zero_totals=True)
    assert take_in(tmp_path, row("A45", unit_price="0.00"))["quarantined"] == {}
    assert read("SHOP-A45").total_amount == 0


@pytest.mark.parametrize(("currency", "price", "total"), [("JPY", "1200", "2640.00"), ("ISK", "1990", "4378.00")])
def test_a_currency_without_decimals_is_issued(tmp_path: Path, currency: str, price: str, total: str) -> None:
    take_in(tmp_path, row("A16", currency=currency, unit_price=price, vat_rate="0.10"))
    assert read("SHOP-A16").total_amount == Decimal(total)


def test_a_currency_with_three_decimals_is_refused_in_a_sentence(tmp_path: Path) -> None:
    take_in(tmp_path, row("A15", currency="KWD", unit_price="1.255", vat_rate="0"))
    [waiting] = kept()
    assert "KWD has 3 decimals" in waiting.message


def test_a_number_stays_as_it_is_and_is_found(tmp_path: Path) -> None:
    take_in(tmp_path, row("581475"))
    assert (read("581475").number, read("581475").printed_number) == ("SHOP-581475", "581475")


def test_a_number_of_two_years_is_issued_for_each(tmp_path: Path) -> None:
    take_in(tmp_path, row("5", "2025-12-30"))
    assert take_in(tmp_path, row("5", "2026-01-02", quantity="3"))["quarantined"] == {"differs": 1}
    [waiting] = kept()
    assert quarantine.accept(waiting.pk, by="anna").invoice_number == "SHOP-2026-5"
    assert [read(number).printed_number for number in ("SHOP-5", "SHOP-2026-5")] == ["5", "5"]
    assert take_in(tmp_path, row("5", "2026-01-02", quantity="3"), "", row("6"))["quarantined"] == {}


def test_an_invoice_and_a_credit_note_of_one_number_are_both_issued(tmp_path: Path) -> None:
    both = row("5"), row("5", "2026-04-02", kind="credit_note", reason="Goodwill")
    assert take_in(tmp_path, *both)["quarantined"] == {"mixed-document": 1}
    [waiting] = kept()
    issued = quarantine.accept(waiting.pk, by="anna")
    assert (issued.state, issued.invoice_number) == (Quarantined.State.ISSUED, "SHOP-5, SHOP-CN-5")
    numbers = Invoice.objects.order_by("id").values_list("invoice_number", "printed_number")
    assert sorted(numbers) == [("SHOP-5", "5"), ("SHOP-CN-5", "5")]


def test_of_several_documents_none_is_issued_when_one_is_wrong(tmp_path: Path) -> None:
    take_in(tmp_path, row("5"), row("5", "2026-04-02", kind="credit_note"))
    [waiting] = kept()
    assert quarantine.accept(waiting.pk, by="anna").state == Quarantined.State.OPEN
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    "other", [row("5", kind="credit_note", reason="Goodwill"), row("5", "2025-01-02")], ids=["kind", "year"]
)
def test_a_document_of_the_same_number_does_not_heal_another(tmp_path: Path, other: str) -> None:
    take_in(tmp_path, row("5", unit_price="many"))
    take_in(tmp_path, other)
    assert [waiting.state for waiting in kept()] == [Quarantined.State.OPEN]


def test_the_same_document_made_right_heals_it(tmp_path: Path) -> None:
    take_in(tmp_path, row("5", unit_price="many"))
    take_in(tmp_path, row("5"))
    assert [waiting.state for waiting in kept()] == [Quarantined.State.HEALED]


def test_a_csv_has_columns_for_categories_payment_and_delivery(tmp_path: Path) -> None:
    more = {
        "vat_category": "E", "exemption_reason": "Article 132", "allowance_amount": "0.30", "allowance_reason": "Scratch",
        "iban": "DE89370400440532013000", "payment_terms": "Net 14", "delivery_date": "2026-03-31",
        "delivery_country": "FR", "order_reference": "PO-7", "prepaid_amount": "1.00", "prices_include_vat": "yes",
    }  # fmt: skip
    line = row("7", vat_rate="0") + "," + ",".join(more.values())
    assert take_in(tmp_path, line, header=f"{HEADER},{','.join(more)}")["quarantined"] == {}
    found = read("SHOP-7")
    one = found.document
    assert (one.lines[0].category, one.lines[0].exemption_reason, found.total_amount) == (
        "E",
        "Article 132",
        Decimal(8),
    )
    assert one.payment is not None
    assert one.delivery is not None
    assert (one.payment.iban, one.payment.terms) == ("DE89370400440532013000", "Net 14")
    assert (one.delivery.date, one.delivery.country) == (date(2026, 3, 31), "FR")
    assert (one.order_reference, found.payable_amount) == ("PO-7", Decimal(7))
