"""Records are read by their declared types: exactly, in both shapes, and never by a guess."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import models

from commerce.records.models import MODELS
from integrations.pipes.entities import ENTITIES, entity_of
from integrations.pipes.entities.reading import Record, read_record
from integrations.pipes.transactions.states import digest_of
from tests.integrations.pipes.samples import FLAT, INVENTORY, NESTED, ROWS

RECEIVED = datetime(2025, 1, 20, tzinfo=UTC)


def read(data_type: str, given: dict[str, Any] | str, zone: str = "UTC") -> Record:
    line = given if isinstance(given, str) else json.dumps(given)
    return read_record(entity_of(data_type), line, zone=ZoneInfo(zone), received_at=RECEIVED)


def faults(data_type: str, given: dict[str, Any] | str) -> list[tuple[str, str]]:
    return [(fault.rule, fault.field) for fault in read(data_type, given).faults]


@pytest.mark.parametrize("data_type", ENTITIES)
def test_the_record_of_each_type_is_read_whole(data_type: str) -> None:
    record = read(data_type, FLAT if data_type == "transactions" else ROWS[data_type])
    assert (record.faults, record.unknown) == ((), frozenset())
    assert record.key


def test_a_nested_transaction_is_the_same_record_as_a_flat_one() -> None:
    flat = {
        "transaction_id": "T2", "customer_id": "C2", "amount": "299.98", "currency": "SAR",
        "timestamp": "2025-01-15T10:30:00Z", "products": [{"product_id": "P2", "quantity": "2", "price": "149.990"}],
    }  # fmt: skip
    nested = read("transactions", NESTED)
    assert (nested.faults, nested.unknown) == ((), frozenset())
    assert digest_of(nested.values) == digest_of(read("transactions", flat).values)
    assert nested.values["amount"] == Decimal("299.98")
    assert (nested.values["segment"], nested.values["city"]) == ("premium", "Riyadh")
    assert nested.values["products"][0]["name"] == "Lamp"


def test_a_wrapped_snapshot_is_the_same_record() -> None:
    assert read("inventory", {"inventory_snapshot": INVENTORY}) == read("inventory", INVENTORY)
    assert read("inventory", INVENTORY).values["last_restock_date"] == date(2025, 1, 10)


def test_numbers_are_decimals_as_they_were_written() -> None:
    line = '{"date": "2025-01-15", "channel": "a", "amount": 0.1000000, "currency": "SAR"}'
    assert faults("marketing_spend", line) == [("bad-value", "amount")]
    assert read("marketing_spend", line.replace("0.1000000", "0.10")).values["amount"] == Decimal("0.10")
    assert read("marketing_spend", line.replace("0.1000000", "123456789012.123456")).values["amount"] == Decimal(
        "123456789012.123456"
    )


@pytest.mark.parametrize("value", ["1,234.50", "12e3", True, "NaN", "Infinity", [], {}, "٣", "1 2", "1." + "0" * 5000])
def test_other_values_are_never_taken_for_numbers(value: Any) -> None:
    assert faults("marketing_spend", ROWS["marketing_spend"] | {"amount": value}) == [("bad-value", "amount")]


@pytest.mark.parametrize("number", ["12e3", "1e400", "-1", "1234567890123"])
def test_a_number_of_json_is_read_as_strictly(number: str) -> None:
    line = f'{{"date": "2025-01-15", "channel": "a", "amount": {number}, "currency": "SAR"}}'
    assert faults("marketing_spend", line) == [("bad-value", "amount")]


def test_a_text_in_a_column_of_whole_numbers_is_read_by_the_declared_type() -> None:
    """pandera#1830: 30,000 of 30,000 rows were called bad because of "6"; and it is not passed on as a text."""
    many = [read("inventory", INVENTORY | {"current_stock": str(index)}) for index in range(300)]
    assert [one.values["current_stock"] for one in many] == list(range(300))
    assert not any(one.faults for one in many)
    for value in ("6.5", "six", 6.5, "", None, "6 "):
        expected = [] if value == "6 " else [("required" if value in ("", None) else "bad-value", "current_stock")]
        assert faults("inventory", INVENTORY | {"current_stock": value}) == expected


@pytest.mark.parametrize(
    "line", ["", "{", "[]", "3", '"x"', '{"a": NaN}', "[" * 100_000, '{"a": ' + "9" * 5000 + "}", "nonsense"]
)
def test_a_line_other_than_an_object_is_unreadable(line: str) -> None:
    assert faults("customers", line) == [("unreadable", "")]


def test_times_without_a_zone_are_of_the_store() -> None:
    given = FLAT | {"timestamp": "2025-01-15 10:30"}
    assert read("transactions", given, "Asia/Riyadh").values["timestamp"] == datetime(2025, 1, 15, 7, 30, tzinfo=UTC)
    for wrong in ("2025-02-30", "20250115", "0001-01-01", "9999-12-31T23:59:59-12:00", "15.01.2025", 1736937000):
        assert faults("transactions", FLAT | {"timestamp": wrong}) == [("bad-value", "timestamp")]


def test_a_snapshot_without_a_time_has_the_time_when_it_came() -> None:
    record = read("inventory", {"product_id": "P1", "current_stock": 1})
    assert (record.values["timestamp"], record.faults) == (RECEIVED, ())


def test_faults_name_the_field_the_value_and_the_remedy() -> None:
    given = FLAT | {
        "currency": None,
        "status": "done",
        "products": [{"product_id": "P1", "quantity": 0, "price": "x"}, 3],
    }
    record = read("transactions", given)
    assert [(fault.rule, fault.message) for fault in record.faults] == [
        ("required", "currency: it is missing; send it."),
        ("bad-value", "status: 'done' is not one of completed, refunded, pending, failed."),
        ("bad-value", "products.0.quantity: 0 is not above 0."),
        ("bad-value", "products.0.price: 'x' is not a number; send digits with a point, such as 12.50."),
        ("bad-value", "products.1: it is not an object."),
    ]
    assert record.key == ("T1",)


def test_texts_without_characters_that_postgresql_refuses() -> None:
    for text in ("a\0b", "a\ud800b", "a\nb"):
        assert faults("customers", {"customer_id": text}) == [("bad-value", "customer_id")]
    assert read("customers", {"customer_id": 17, "name": " A\u00a0B "}).values["name"] == "A\u00a0B"
    assert read("customers", {"customer_id": 17}).key == ("17",)


def test_fields_that_an_entity_does_not_have_are_named() -> None:
    given = NESTED | {"coupon": "X", "customer": NESTED["customer"] | {"phone": "1"}}
    given["order"] = NESTED["order"] | {"items": [NESTED["order"]["items"][0] | {"color": "red"}]}
    assert read("transactions", given).unknown == {"coupon", "customer.phone", "order.items.color"}


@pytest.mark.parametrize("data_type", MODELS)
def test_every_field_of_an_entity_has_a_column_of_its_length(data_type: str) -> None:
    entity, model = entity_of(data_type), MODELS[data_type]
    own = {"id", "store", "batch_id", "line", "changed_at"}
    columns = {field.name: field for field in model._meta.fields if field.name not in own}
    assert set(columns) == {field.name for field in entity.fields}
    for field in entity.fields:
        column = columns[field.name]
        assert field.length == (column.max_length if isinstance(column, models.CharField) else 0)
        if not column.null and not isinstance(column, models.CharField):
            assert field.is_required or field.is_received
    [once] = model._meta.constraints
    assert isinstance(once, models.UniqueConstraint)
    assert once.fields == ("store", *entity.key)
