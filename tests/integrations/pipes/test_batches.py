"""A pushed batch is safe before it is answered, and each of its records is taken once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from commerce import stock
from commerce.models import Customer, Product, StockLevel
from commerce.records.models import MODELS, ReportedCustomer, StockCount, Supplier
from integrations.pipes import retention, rows, sealing, taking, working
from integrations.pipes.models import Batch, Pipe
from integrations.pipes.taking import PositionMoved
from quality import scores
from stores import rotation
from stores.keys import add_key
from stores.models import Store
from stores.parts import parts_to_delete
from stores.queries import read_store
from stores.rows import rows_of, rows_of_all_stores
from tests.integrations.pipes.conftest import BATCH, Source, held, take_all
from tests.integrations.pipes.samples import CUSTOMER, INVENTORY, PRODUCT, ROWS, SUPPLIER
from tests.waiting import HANG_SECONDS


def suppliers(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"supplier_id": f"S{number}", "name": "Potters"} | more for number in range(count)]


@pytest.mark.parametrize("data_type", ROWS)
def test_a_record_of_each_type_becomes_a_row(source: Source, data_type: str) -> None:
    batch = source.push(data_type, ROWS[data_type])
    assert (batch["status"], batch["received"], batch["accepted"], batch["quality_score"]) == ("done", 1, 1, 1.0)
    row = rows_of(MODELS[data_type], source.store.id).get()
    assert (row.batch_id, row.line) == (int(batch["batch_id"]), 0)
    again = source.push(data_type, ROWS[data_type])
    assert (again["accepted"], again["duplicates"]) == (0, 1)
    assert rows_of(MODELS[data_type], source.store.id).count() == 1


def test_the_answer_says_that_the_batch_is_safe(source: Source) -> None:
    answer = source.post("suppliers", suppliers(3))
    found = answer.json()
    assert (answer.status_code, found["status"], found["records_received"], found["validation_status"]) == (
        202, "accepted", 3, "pending",
    )  # fmt: skip
    assert found["duplicate"] is False
    assert source.read(found["href"])["status"] == "pending"
    assert rows_of(Supplier, source.store.id).count() == 0
    take_all()
    assert source.read(found["href"])["status"] == "done"


@pytest.mark.parametrize("given", [{"key": "k1"}, {"batch_id": "k1"}])
def test_the_same_request_under_its_key_is_stored_once(source: Source, given: dict[str, Any]) -> None:
    first = source.post("suppliers", suppliers(2), **given).json()
    again = source.post("suppliers", suppliers(2), **given)
    assert (again.status_code, again.json()) == (202, first | {"duplicate": True})
    other = source.post("suppliers", suppliers(3), **given)
    assert other.status_code == 409
    assert "'k1' was used for another body" in other.json()["detail"]
    assert rows_of(Batch, source.store.id).count() == 1
    assert source.post("suppliers", suppliers(2), source_id="other", **given).json()["duplicate"] is False


def test_a_batch_that_is_sent_three_times_is_there_once(source: Source) -> None:
    """airbyte#12336: a sync that failed three times stored 300 rows of 100."""
    for _ in range(3):
        source.push("suppliers", *suppliers(100))
    assert rows_of(Supplier, source.store.id).count() == 100


def test_the_newest_record_of_a_key_wins_also_in_one_batch(source: Source) -> None:
    batch = source.push(
        "suppliers", SUPPLIER, SUPPLIER | {"name": "B"}, SUPPLIER | {"name": "B"}, SUPPLIER | {"name": "C"}
    )
    assert (batch["accepted"], batch["duplicates"]) == (4, 0)
    assert rows_of(Supplier, source.store.id).get().name == "C"
    source.push("suppliers", SUPPLIER | {"name": "D", "country": None})
    found = rows_of(Supplier, source.store.id).get()
    assert (found.name, found.country) == ("D", "")


def test_snapshots_are_all_kept_and_the_newest_is_the_stock(source: Source) -> None:
    source.push("products", PRODUCT)
    source.push("inventory", INVENTORY, INVENTORY | {"timestamp": "2025-01-16T10:30:00Z", "current_stock": 140})
    source.push(
        "inventory", {"inventory_snapshot": INVENTORY | {"timestamp": "2025-01-14T10:30:00Z", "current_stock": 90}}
    )
    assert rows_of(StockCount, source.store.id).count() == 3
    [level] = stock.read_page(source.store)[0]
    assert (level["sku"], level["location"], level["available"], level["title"]) == ("P1", "Riyadh", 140, "Mug")
    assert rows_of(StockLevel, source.store.id).get().low_at == 50


def test_products_get_their_category_for_figures(source: Source) -> None:
    source.push("products", PRODUCT, {"product_id": "P2"})
    source.push("products", {"product_id": "P1", "name": "Mug, big"})
    found = rows_of(Product, source.store.id).order_by("code").values_list("code", "name", "category")
    assert list(found) == [("P1", "Mug, big", "kitchen"), ("P2", "P2", "")]


def test_csv_and_lines_are_taken_as_objects_are(source: Source) -> None:
    csv = "customer_id,email,name\nC1,a@b.de,Max\nC2,,\n"
    lines = '{"customer_id": "C3"}\nbroken\n{"customer_id": "C4", "name": "Eva"}\n'
    answers = [source.post("customers", csv, format="csv"), source.post("customers", lines, format="jsonl")]
    take_all()
    batches = [source.read(answer.json()["href"]) for answer in answers]
    assert [(batch["received"], batch["accepted"], batch["rejected"]) for batch in batches] == [
        (2, 2, {}),
        (3, 2, {"unreadable": 1}),
    ]
    assert batches[1]["quality_score"] == 0.6667
    names = rows_of(ReportedCustomer, source.store.id).order_by("customer_id").values_list("customer_id", "name")
    assert list(names) == [("C1", "Max"), ("C2", ""), ("C3", ""), ("C4", "Eva")]


def test_customers_are_those_of_orders_by_their_id(source: Source) -> None:
    source.push("customers", CUSTOMER | {"country": "Germany"}, CUSTOMER | {"customer_id": "C2", "country": "DE"})
    found = rows_of(Customer, source.store.id).order_by("key").values_list("key", "name", "country")
    assert list(found) == [("id C1", "Max Muster", ""), ("id C2", "Max Muster", "DE")]


def test_a_broken_record_is_held_once_with_its_rule_and_the_others_are_taken(source: Source) -> None:
    """dlt#1980, stella#528: what was refused is there, and one poison record blocks nothing."""
    records = [
        SUPPLIER,
        SUPPLIER | {"supplier_id": None},
        SUPPLIER | {"lead_time_days": "seven"},
        3,
        SUPPLIER | {"supplier_id": "S2"},
    ]
    batch = source.push("suppliers", *records)
    assert (batch["accepted"], batch["held"], batch["rejected"]) == (
        2,
        {"required": 1, "bad-value": 1},
        {"unreadable": 1},
    )
    assert held() == [("", "required", "open"), ("S1", "bad-value", "replaced"), ("", "unreadable", "open")]
    again = source.push("suppliers", *records)
    assert (again["accepted"], again["duplicates"], again["held"], again["rejected"]) == (0, 5, {}, {})
    assert len(held()) == 3


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ('{"supplier_id": "S9", "lead_time_days": 1e9999999999999999999}', (2, {"unreadable": 1})),
        (json.dumps({"supplier_id": "S9", "\0": 1}), (3, {})),
        ('{"supplier_id": "S9", "\\ud800": 1}', (3, {})),
        ('{"supplier_id": "S9", "products": ' + "[" * 900 + "]" * 900 + "}", (3, {})),
    ],
    ids=["exponent", "nul", "half of a character", "depth"],
)
def test_no_record_stops_its_source(source: Source, line: str, counts: tuple[int, dict[str, int]]) -> None:
    source.post("suppliers", "\n".join([json.dumps(SUPPLIER), line, '{"supplier_id": "S2"}']), format="jsonl")
    take_all()
    batch = source.read("/api/v1/ingest/batches")["items"][0]
    assert (batch["status"], batch["accepted"], batch["rejected"]) == ("done", *counts)


def test_names_that_are_data_are_listed_up_to_a_bound(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "MOST_NEW_FIELDS", 3)
    monkeypatch.setattr(scores, "MOST_DRIFT", 3)
    for _ in range(2):
        batch = source.push("suppliers", *[SUPPLIER | {f"id{number}": number} for number in range(5)])
        assert list(batch["warned"]) == ["new-field:id0", "new-field:id1", "new-field:id2"]
    source.push("suppliers", SUPPLIER | {"id9": 1, "id0": 1})
    drift = source.read("/api/v1/quality")["drift"]
    assert {each["field"]: each["records"] for each in drift} == {"id0": 3, "id1": 2, "id2": 2}


def test_texts_are_stored_as_they_are_whatever_their_characters(source: Source) -> None:
    names = ['a "b" \\ {c}, d', "NULL", "null", "", "ü\u3000ß", "{}", "\\N", "'; --"]
    source.push("suppliers", *[{"supplier_id": f"S{place}", "name": name} for place, name in enumerate(names)])
    found = rows_of(Supplier, source.store.id).order_by("supplier_id")
    assert [(row.name, row.lead_time_days) for row in found] == [(name, None) for name in names]


def test_a_later_record_of_its_key_closes_what_was_held(source: Source) -> None:
    source.push("suppliers", SUPPLIER | {"lead_time_days": "seven"})
    assert held() == [("S1", "bad-value", "open")]
    source.push("suppliers", SUPPLIER)
    assert held() == [("S1", "bad-value", "replaced")]


def test_a_record_that_the_database_refuses_is_held_alone(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    take = rows.take_rows

    def refuse(context: Any, entity: Any, records: Any, outcomes: Any) -> None:
        take(context, entity, records, outcomes)
        if any(record.key == ("S7",) for record in records.values()):
            raise ValueError("no room")

    monkeypatch.setattr(taking, "take_rows", refuse)
    batch = source.push("suppliers", *suppliers(20))
    assert (batch["accepted"], batch["held"]) == (19, {"failed": 1})
    assert held() == [("S7", "failed", "open")]


def test_a_kill_between_rows_and_position_doubles_nothing(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """dlt#4052: data without their state were appended again."""
    source.post("suppliers", suppliers(5))

    def die(*_: Any) -> None:
        assert rows_of(Supplier, source.store.id).count() == 5
        raise OperationalError("the connection was terminated")

    with monkeypatch.context() as killed:
        killed.setattr(taking, "_move", die)
        with pytest.raises(OperationalError):
            working.take_next()
    assert rows_of(Supplier, source.store.id).count() == 0
    take_all()
    assert rows_of(Supplier, source.store.id).count() == 5


def test_a_chunk_that_another_process_took_is_not_taken_again(source: Source) -> None:
    source.post("suppliers", suppliers(4))
    stale = rows_of_all_stores(Batch).select_related("pipe").get()
    take_all()
    with pytest.raises(PositionMoved):
        working.take_some(stale)
    batch = rows_of_all_stores(Batch).get()
    assert (batch.position, batch.accepted, batch.duplicates) == (4, 4, 0)


def test_pipes_take_turns_and_the_batches_of_one_keep_their_order(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(working, "CHUNKS", dict.fromkeys(taking.CHUNKS, 1))
    for name in ("a", "a", "b"):
        source.post("suppliers", suppliers(2), source_id=name)
    order = []
    while working.take_next():
        order.append(list(rows_of_all_stores(Batch).order_by("id").values_list("position", flat=True)))
    assert order == [[1, 0, 0], [1, 0, 1], [2, 0, 1], [2, 0, 2], [2, 1, 2], [2, 2, 2]]


def test_records_of_a_paused_store_wait(source: Source) -> None:
    source.post("suppliers", suppliers(1))
    Store.objects.filter(pk=source.store.id).update(status="paused")
    assert working.take_next() is False
    Store.objects.filter(pk=source.store.id).update(status="active")
    assert working.take_next() is True


def test_a_backlog_is_answered_with_when_to_send_again(source: Source, settings: Settings) -> None:
    settings.INGEST_BACKLOG = 3
    assert source.post("suppliers", suppliers(4)).status_code == 202
    answer = source.post("suppliers", suppliers(1))
    assert (answer.status_code, answer["Retry-After"]) == (429, "5")
    assert "4 records of store main wait" in answer.json()["detail"]
    take_all()
    assert source.post("suppliers", suppliers(1)).status_code == 202


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ("", 400, "missing"), ("[]", 400, "missing"), ('{"source_id": "a", "data_type": "suppliers"}', 422, "data"),
        ('{"source_id": "a", "data_type": "suppliers", "data": []}', 422, "object"),
        ('{"source_id": "a", "data_type": "invoices", "data": [{}]}', 422, "data_type"),
        ('{"source_id": " ", "data_type": "suppliers", "data": [{}]}', 422, "source_id"),
        ('{"source_id": "a", "data_type": "suppliers", "data": [{}], "more": 1}', 422, "more"),
        ('{"source_id": "a", "data_type": "suppliers", "data": [{}], "format": "xml"}', 422, "format"),
        ('{"source_id": "a", "data_type": "suppliers", "data": [{}], "store": "none"}', 404, "none"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_batch_is_refused(source: Source, body: str, status: int, word: str) -> None:
    answer = source.client.post(BATCH, body, content_type="application/json")
    assert answer.status_code == status
    assert word in answer.json()["detail"]
    assert rows_of(Pipe, source.store.id).count() == 0


def test_batches_are_listed_newest_first_in_pages(source: Source) -> None:
    for name in ("a", "b", "a"):
        source.push("suppliers", SUPPLIER, source_id=name)
    page = source.read("/api/v1/ingest/batches?limit=2")
    assert [item["source_id"] for item in page["items"]] == ["a", "b"]
    rest = source.read(f"/api/v1/ingest/batches?limit=2&cursor={page['next']}")
    assert ([item["source_id"] for item in rest["items"]], rest["next"]) == (["a"], None)
    assert [item["source_id"] for item in source.read("/api/v1/ingest/batches?source_id=b")["items"]] == ["b"]
    assert source.client.get("/api/v1/ingest/batches/99").status_code == 404


def test_lines_are_sealed_and_follow_a_new_key(source: Source) -> None:
    source.post("customers", [CUSTOMER])
    before = rows_of_all_stores(Batch).get()
    assert b"example.com" not in bytes(before.lines)
    add_key()
    assert dict(rotation.rotate())["pipes_batch.lines"] == 1
    after = rows_of_all_stores(Batch).get()
    assert bytes(after.lines) != bytes(before.lines)
    assert '"email": "max@example.com"' in sealing.open_lines(after)[0]


def test_a_batch_that_does_not_open_fails_and_the_next_one_is_taken(source: Source) -> None:
    first = source.post("suppliers", suppliers(1)).json()["href"]
    second = source.post("suppliers", suppliers(1)).json()["href"]
    rows_of_all_stores(Batch).filter(pk=int(first.split("/")[-1])).update(
        lines=b"\x01\x02k1nonsense that is long enough"
    )
    take_all()
    assert [source.read(href)["status"] for href in (first, second)] == ["failed", "done"]
    assert "open" in source.read(first)["error"]


def test_old_batches_lose_their_lines_and_keep_their_counts(source: Source, settings: Settings) -> None:
    href = source.post("suppliers", suppliers(2)).json()["href"]
    rows_of_all_stores(Batch).update(created_at="2020-01-01T00:00:00Z")
    retention.empty_old()
    take_all()
    assert retention.empty_old() is False
    assert bytes(rows_of_all_stores(Batch).get().lines) == b""
    assert source.read(href)["accepted"] == 2


def test_an_outage_in_the_middle_of_a_chunk_holds_no_record(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    source.post("suppliers", suppliers(3))

    def fail(*_: Any) -> None:
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as outage:
        outage.setattr(taking, "take_rows", fail)
        with pytest.raises(OperationalError):
            working.take_next()
    assert held() == []
    take_all()
    assert rows_of(Supplier, source.store.id).count() == 3


def test_a_chunk_that_takes_too_long_is_taken_in_halves(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    take, sizes = rows.take_rows, []

    def wait(context: Any, entity: Any, records: Any, outcomes: Any) -> None:
        sizes.append(len(records))
        if len(records) > 3:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 1")
                cursor.execute("SELECT pg_sleep(%s)", [HANG_SECONDS])
        take(context, entity, records, outcomes)

    monkeypatch.setattr(taking, "take_rows", wait)
    batch = source.push("suppliers", *suppliers(10))
    assert (batch["accepted"], held(), sizes) == (10, [], [10, 5, 2, 3, 5, 2, 3])


def test_an_erased_store_takes_nothing_and_keeps_nothing(source: Source) -> None:
    source.push("suppliers", SUPPLIER, 3)
    Store.objects.filter(pk=source.store.id).update(status="erased")
    assert source.post("suppliers", [SUPPLIER]).status_code == 409
    for delete_some in parts_to_delete(read_store("main")):
        while delete_some(source.store):
            pass
    assert [rows_of(model, source.store.id).count() for model in (Batch, Pipe, Supplier)] == [0, 0, 0]
    assert held() == []
