"""Who is one customer: by the shop's id, else the VAT number, else the e-mail address, within one store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from commerce.customers import Buyer, record_customers
from commerce.models import Customer
from stores.rows import rows_of_all_stores

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
ANNA = Buyer(
    external_id="7", vat_id="DE 123", email="Anna@Example.com", name="Anna", country="DE", first_at=NOON,
    reported_at=NOON,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, "id 7"),
        ({"external_id": ""}, "vat DE123"),
        ({"external_id": "", "vat_id": ""}, "mail anna@example.com"),
        ({"external_id": "", "vat_id": "", "email": ""}, ""),
    ],
)
def test_a_customer_is_identified_by_the_first_that_is_known(changes: dict[str, str], key: str) -> None:
    assert replace(ANNA, **changes).key == key  # type: ignore[arg-type]


def test_a_buyer_without_any_of_them_makes_no_customer() -> None:
    assert record_customers(1, [replace(ANNA, external_id="", vat_id="", email="")]) == {}
    assert not rows_of_all_stores(Customer).exists()


def test_the_newest_report_wins_in_any_order() -> None:
    later = replace(ANNA, name="Anna B.", reported_at=NOON + timedelta(hours=1), first_at=NOON + timedelta(hours=1))
    older = replace(ANNA, name="A.", reported_at=NOON - timedelta(hours=1), first_at=NOON - timedelta(days=9))
    for reports in ([ANNA], [later, older], [ANNA]):
        record_customers(1, reports)
    [customer] = rows_of_all_stores(Customer)
    assert (customer.name, customer.reported_at, customer.first_at) == ("Anna B.", later.reported_at, older.first_at)


def test_customers_get_their_ids_by_key() -> None:
    guest = replace(ANNA, external_id="", vat_id="")
    ids = record_customers(1, [ANNA, guest, guest])
    assert set(ids) == {"id 7", "mail anna@example.com"}
    assert record_customers(1, [guest]) == {guest.key: ids[guest.key]}
