"""Rules of users hold, reject or warn; what is held is shown, corrected, accepted, replayed and counted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from commerce.records.models import ReportedOrder, Session, Supplier
from integrations.pipes import replaying, working
from integrations.pipes.models import Batch
from integrations.pipes.sealing import open_lines
from invoices.models import Invoice
from quality import resolving
from quality.records import HeldRecord
from stores import rotation
from stores.keys import add_key
from stores.models import Store
from stores.rows import rows_of, rows_of_all_stores
from tests.integrations.pipes.conftest import Source, held, take_all
from tests.integrations.pipes.samples import CUSTOMER, FLAT, INVENTORY, ORDER, PRODUCT, SESSION, SPEND, SUPPLIER

RULES, HELD = "/api/v1/rules", "/api/v1/quality/held"


def call(source: Source, method: str, path: str, body: Any = None) -> Any:
    text = "" if body is None else json.dumps(body)
    return source.client.generic(method, path, text, content_type="application/json")


def add_rule(source: Source, entity: str, kind: str, field: str = "", **more: Any) -> str:
    """Add a rule; returns the name that reports have for it."""
    answer = call(source, "POST", RULES, {"entity": entity, "kind": kind, "field": field, **more})
    assert answer.status_code == 201, answer.content
    return f"rule-{answer.json()['id']}"


def resolve(source: Source, held_id: int, action: str, **more: Any) -> Any:
    answer = call(source, "POST", f"{HELD}/{held_id}", {"action": action, **more})
    return answer.status_code, answer.json()


def first_held(source: Source) -> dict[str, Any]:
    found: dict[str, Any] = source.read(HELD)["items"][-1]
    return found


@pytest.mark.parametrize(
    ("data_type", "rule", "good", "bad"),
    [
        ("suppliers", {"kind": "required", "field": "country"}, SUPPLIER, SUPPLIER | {"country": ""}),
        ("suppliers", {"kind": "range", "field": "lead_time_days", "params": {"min": 1, "max": "7.0"}}, SUPPLIER,
         SUPPLIER | {"lead_time_days": 8}),
        ("suppliers", {"kind": "length", "field": "supplier_id", "params": {"min": 2}}, SUPPLIER,
         SUPPLIER | {"supplier_id": "S"}),
        ("suppliers", {"kind": "pattern", "field": "supplier_id", "params": {"regex": "S[0-9]+"}}, SUPPLIER,
         SUPPLIER | {"supplier_id": "xS1"}),
        ("suppliers", {"kind": "one_of", "field": "country", "params": {"values": ["SA", "DE"]}}, SUPPLIER,
         SUPPLIER | {"country": "FR"}),
        ("customers", {"kind": "email", "field": "email"}, CUSTOMER, CUSTOMER | {"email": "max@example"}),
        ("customers", {"kind": "not_future", "field": "registration_date"}, CUSTOMER,
         CUSTOMER | {"registration_date": "2199-01-01"}),
        ("orders", {"kind": "compare", "field": "promised_at", "params": {"op": ">=", "other": "ordered_at"}}, ORDER,
         ORDER | {"promised_at": "2025-01-14"}),
        ("orders", {"kind": "compare", "field": "total_amount", "params": {"op": "<", "other": 1000}}, ORDER,
         ORDER | {"total_amount": "1000.00"}),
        ("orders", {"kind": "not_older_than", "field": "ordered_at", "params": {"days": 36500}}, ORDER,
         ORDER | {"ordered_at": "1901-01-01"}),
        ("sessions", {"kind": "freshness_within", "field": "started_at", "params": {"hours": 24}},
         SESSION | {"started_at": "2190-01-01"}, SESSION),
        ("transactions", {"kind": "sum_equals", "field": "amount", "params": {"field": "products", "tolerance": 0.01}}, FLAT,
         FLAT | {"amount": "149.96", "products": [{"product_id": "P1", "quantity": 8, "price": "18.75"}]}),
        ("inventory", {"kind": "compare", "field": "current_stock", "params": {"op": "<=", "other": "maximum_stock_level"}},
         INVENTORY, INVENTORY | {"current_stock": 501}),
    ],
    ids=lambda value: value.get("kind", "") if isinstance(value, dict) else value,
)  # fmt: skip
def test_a_rule_holds_what_breaks_it_and_nothing_else(
    source: Source, data_type: str, rule: dict[str, Any], good: dict[str, Any], bad: dict[str, Any]
) -> None:
    name = add_rule(source, data_type, **rule)
    assert source.push(data_type, good)["accepted"] == 1
    batch = source.push(data_type, bad)
    assert (batch["accepted"], batch["held"]) == (0, {name: 1})
    found = first_held(source)
    assert (found["rule"], found["state"], found["may_accept"]) == (name, "open", True)
    assert found["sentence"].startswith(f"{rule['field']}: ")


def test_a_value_of_another_record_is_not_unique(source: Source) -> None:
    name = add_rule(source, "customers", "unique", "email")
    batch = source.push(
        "customers", CUSTOMER, CUSTOMER | {"customer_id": "C2"}, CUSTOMER | {"customer_id": "C3", "email": None}
    )
    assert (batch["accepted"], batch["held"]) == (2, {name: 1})
    again = source.push("customers", CUSTOMER | {"name": "Max M."}, CUSTOMER | {"customer_id": "C4"})
    assert (again["accepted"], again["held"]) == (1, {name: 1})
    assert [key for key, _, _ in held()] == ["C2", "C4"]


def test_a_batch_of_an_unexpected_size_is_held_whole(source: Source) -> None:
    name = add_rule(source, "suppliers", "row_count_between", params={"min": 2, "max": 3})
    assert source.push("suppliers", SUPPLIER)["held"] == {name: 1}
    assert source.push("suppliers", SUPPLIER, SUPPLIER | {"supplier_id": "S2"})["accepted"] == 2


@pytest.mark.parametrize("severity", ["reject", "warn"])
def test_the_severity_says_what_happens(source: Source, severity: str) -> None:
    name = add_rule(source, "suppliers", "required", "country", severity=severity)
    batch = source.push("suppliers", SUPPLIER | {"country": None})
    kept = {"reject": (0, {name: 1}, {}), "warn": (1, {}, {name: 1})}[severity]
    assert (batch["accepted"], batch["rejected"], batch["warned"]) == kept
    assert len(held()) == (severity == "reject")


def test_a_rule_counts_from_its_day_on_and_for_its_source(source: Source) -> None:
    add_rule(source, "suppliers", "required", "country", effective_from="2190-01-01T00:00:00Z")
    add_rule(source, "suppliers", "required", "country", pipe="other")
    assert source.push("suppliers", SUPPLIER | {"country": None})["accepted"] == 1
    assert source.push("suppliers", SUPPLIER | {"country": None, "name": "x"}, source_id="other")["accepted"] == 0


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"kind": "range", "field": "name", "params": {"min": 1}}, "field"),
        ({"kind": "range", "field": "lead_time_days"}, "params"),
        ({"kind": "range", "field": "lead_time_days", "params": {"min": 3, "max": 1}}, "params"),
        ({"kind": "range", "field": "lead_time_days", "params": {"min": "many"}}, "params.min"),
        ({"kind": "range", "field": "lead_time_days", "params": {"least": 3}}, "params"),
        ({"kind": "required", "field": "color"}, "field"),
        ({"kind": "pattern", "field": "name", "params": {"regex": "("}}, "params.regex"),
        ({"kind": "pattern", "field": "name", "params": {"regex": "(?=x)"}}, "params.regex"),
        ({"kind": "one_of", "field": "name", "params": {"values": []}}, "params.values"),
        ({"kind": "compare", "field": "name", "params": {"op": "~", "other": "x"}}, "params.op"),
        ({"kind": "compare", "field": "name", "params": {"op": "="}}, "params.other"),
        ({"kind": "exists_in", "field": "name", "params": {"entity": "marketing_spend"}}, "params.entity"),
        ({"kind": "exists_in", "field": "name", "params": {"entity": "people"}}, "params.entity"),
        ({"kind": "not_older_than", "field": "name", "params": {"days": 1}}, "field"),
    ],
)
def test_a_rule_that_cannot_be_checked_is_refused_by_its_field(
    source: Source, rule: dict[str, Any], field: str
) -> None:
    answer = call(source, "POST", RULES, {"entity": "suppliers", **rule})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_a_pattern_is_matched_in_linear_time(source: Source) -> None:
    name = add_rule(source, "suppliers", "pattern", "name", params={"regex": "(a+)+b"})
    assert source.push("suppliers", SUPPLIER | {"name": "a" * 250})["held"] == {name: 1}


def test_rules_are_listed_changed_and_deleted(source: Source) -> None:
    name = add_rule(source, "suppliers", "range", "lead_time_days", params={"max": 1.5}, severity="warn", pipe="shop")
    [rule] = source.read(RULES)["items"]
    assert (rule["params"], rule["severity"], rule["pipe"], rule["version"]) == ({"max": "1.5"}, "warn", "shop", 1)
    path = f"{RULES}/{rule['id']}"
    changed = call(source, "PATCH", path, {"severity": "hold", "params": {"max": 9}}).json()
    assert (changed["severity"], changed["params"], changed["version"]) == ("hold", {"max": 9}, 2)
    assert call(source, "PATCH", path, {"params": {"max": "x"}}).status_code == 422
    assert call(source, "DELETE", path).status_code == 204
    assert (source.read(RULES)["items"], call(source, "DELETE", path).status_code) == ([], 404)
    assert source.push("suppliers", SUPPLIER | {"lead_time_days": 10})["held"] == {}
    assert name.startswith("rule-")


def test_a_rule_is_tried_on_what_came_before_it_is_saved(source: Source) -> None:
    source.push(
        "suppliers", *[SUPPLIER | {"supplier_id": f"S{number}", "lead_time_days": number} for number in range(20)]
    )
    rule = {"entity": "suppliers", "kind": "range", "field": "lead_time_days", "params": {"max": 15}}
    answer = call(source, "POST", f"{RULES}/try", rule).json()
    assert (answer["checked"], answer["would_hold"]) == (20, 4)
    assert answer["examples"][0] | {"batch_id": ""} == {
        "key": "S16", "message": "lead_time_days: 16 is not at most 15.", "batch_id": "", "line": 16,
    }  # fmt: skip
    assert (source.read(RULES)["items"], held()) == ([], [])
    assert call(source, "POST", f"{RULES}/try", rule | {"pipe": "other"}).json()["checked"] == 0


def test_a_record_waits_for_what_it_refers_to_and_is_taken_when_that_comes(source: Source) -> None:
    name = add_rule(source, "sessions", "exists_in", "customer_id", params={"entity": "customers"})
    batch = source.push("sessions", SESSION, SESSION | {"session_id": "V2", "customer_id": None})
    assert (batch["accepted"], batch["held"]) == (1, {name: 1})
    found = first_held(source)
    assert (found["waits_for"], found["remedy"]) == (
        "customers:C1",
        "Send customers C1, or accept the record without it.",
    )
    source.push("customers", CUSTOMER | {"customer_id": "C9"})
    assert held() == [("V1", name, "open")]
    source.push("customers", CUSTOMER)
    assert held() == [("V1", name, "accepted")]
    assert rows_of(Session, source.store.id).count() == 2


def test_a_record_waits_for_the_first_part_of_a_key(source: Source) -> None:
    name = add_rule(source, "products", "exists_in", "product_id", params={"entity": "inventory"})
    source.push("products", PRODUCT)
    assert held() == [("P1", name, "open")]
    source.push("inventory", INVENTORY)
    assert held() == [("P1", name, "accepted")]


def test_a_fixed_record_lets_in_what_waits_for_it(source: Source) -> None:
    add_rule(source, "sessions", "exists_in", "customer_id", params={"entity": "customers"})
    source.push("customers", CUSTOMER | {"registration_date": "soon"})
    source.push("sessions", SESSION)
    [customer] = source.read(f"{HELD}?rule=bad-value")["items"]
    assert resolve(source, customer["id"], "fix", record=CUSTOMER)[1]["state"] == "accepted"
    take_all()
    assert [state for _, _, state in held()] == ["accepted", "accepted"]


def test_what_came_is_tried_while_other_batches_wait_and_not_while_its_store_is_paused(source: Source) -> None:
    add_rule(source, "sessions", "exists_in", "customer_id", params={"entity": "customers"})
    source.push("sessions", SESSION)
    source.post("customers", [CUSTOMER])
    assert working.take_next()
    stores = Store.objects.filter(pk=source.store.id)
    stores.update(status="paused")
    assert not working.take_next()
    assert held()[0][2] == "open"
    stores.update(status="active")
    source.post("suppliers", [SUPPLIER])
    assert working.take_next()
    assert held()[0][2] == "accepted"


def test_a_record_that_another_call_resolved_is_among_what_became_of_each(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.push("suppliers", *[{"supplier_id": f"S{number}", "lead_time_days": "x"} for number in range(2)])

    def lose(row: HeldRecord) -> None:
        rows_of(HeldRecord, row.store_id).filter(key="S1").update(state="replaced")

    monkeypatch.setattr(resolving, "record_source", lambda: replace(replaying.SOURCE, lock=lose))
    answer = call(source, "POST", f"{HELD}/replay", {"filter": {}}).json()
    assert [item["state"] for item in answer["items"]] == ["open", "replaced"]


def test_one_moment_in_two_zones_is_one_key(source: Source) -> None:
    add_rule(source, "inventory", "unique", "lead_time_days")
    source.push("inventory", INVENTORY | {"timestamp": "2025-01-15T12:30:00+02:00"})
    again = source.push("inventory", INVENTORY | {"timestamp": "2025-01-15T12:30:00+02:00"})
    assert (again["duplicates"], again["held"]) == (1, {})


def test_a_fixed_record_is_taken_and_its_first_form_stays(source: Source) -> None:
    source.push("transactions", FLAT | {"amount": "999.00"})
    found = first_held(source)
    assert (found["amount"], found["rule"], found["may_accept"]) == (
        {"currency": "SAR", "amount": "999.00"}, "sums-differ", False,
    )  # fmt: skip
    assert resolve(source, found["id"], "accept")[0] == 409
    assert resolve(source, found["id"], "fix")[0] == 422
    status, still = resolve(source, found["id"], "fix", record=FLAT | {"currency": "KWD"})
    assert (status, still["state"], still["rule"]) == (200, "open", "invalid")
    status, done = resolve(source, found["id"], "fix", record=FLAT)
    assert (status, done["state"]) == (200, "accepted")
    assert [str(one.total_amount) for one in Invoice.objects.all()] == ["149.99"]
    whole = source.read(f"{HELD}/{found['id']}")
    assert json.loads(whole["raw"])["amount"] == "999.00"
    assert json.loads(whole["corrected"])["products"][0]["price"] == "74.99"
    assert resolve(source, found["id"], "fix", record=FLAT)[0] == 409


def test_a_correction_that_the_database_refuses_stays_open(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    source.push("suppliers", SUPPLIER | {"lead_time_days": "x"})

    def refuse(*_: Any) -> None:
        raise ValueError("no room")

    monkeypatch.setattr(replaying, "take_right", refuse)
    status, still = resolve(source, first_held(source)["id"], "fix", record=SUPPLIER)
    assert (status, still["state"], still["rule"]) == (200, "open", "failed")


def test_a_rule_of_a_user_can_be_accepted_for_one_record(source: Source) -> None:
    add_rule(source, "suppliers", "required", "country")
    source.push("suppliers", SUPPLIER | {"country": None})
    status, done = resolve(source, first_held(source)["id"], "accept")
    assert (status, done["state"], rows_of(Supplier, source.store.id).count()) == (200, "accepted", 1)


def test_a_record_that_was_set_aside_can_still_be_replayed(source: Source) -> None:
    name = add_rule(source, "suppliers", "required", "country")
    source.push("suppliers", SUPPLIER | {"country": None})
    found = first_held(source)
    assert resolve(source, found["id"], "set_aside")[1]["state"] == "set_aside"
    assert resolve(source, found["id"], "set_aside")[0] == 409
    assert source.read(HELD)["items"] == []
    assert source.read(f"{HELD}?state=set_aside&rule={name}")["items"][0]["id"] == found["id"]
    call(source, "DELETE", f"{RULES}/{name.removeprefix('rule-')}")
    assert resolve(source, found["id"], "replay")[1]["state"] == "accepted"


def test_an_allowed_value_lets_all_that_it_held_in_by_replay(source: Source) -> None:
    """dlt#1454, #1011: once a contract was changed, what it had refused did not come back."""
    name = add_rule(source, "orders", "one_of", "channel", params={"values": ["web"]})
    orders = [ORDER | {"order_id": f"O{number}", "channel": "kiosk"} for number in range(5)]
    assert source.push("orders", *orders)["held"] == {name: 5}
    answer = call(source, "POST", f"{HELD}/replay", {"filter": {"rule": name}}).json()
    assert ([item["state"] for item in answer["items"]], answer["left"]) == (["open"] * 5, 0)
    call(source, "PATCH", f"{RULES}/{name.removeprefix('rule-')}", {"params": {"values": ["web", "kiosk"]}})
    answer = call(source, "POST", f"{HELD}/replay", {"filter": {"rule": name, "source_id": "shop"}}).json()
    assert [item["state"] for item in answer["items"]] == ["accepted"] * 5
    assert rows_of(ReportedOrder, source.store.id).count() == 5


def test_a_new_column_is_a_warning_and_its_values_are_kept(source: Source) -> None:
    batch = source.push("suppliers", SUPPLIER | {"rating": 5}, SUPPLIER | {"supplier_id": "S2", "rating": 4})
    assert (batch["accepted"], batch["warned"]) == (2, {"new-field:rating": 2})
    source.push("suppliers", SUPPLIER | {"rating": 3, "name": "x"})
    [drift] = source.read("/api/v1/quality")["drift"]
    assert (drift["field"], drift["records"], drift["source_id"], drift["data_type"]) == (
        "rating",
        3,
        "shop",
        "suppliers",
    )
    assert '"rating": 5' in open_lines(rows_of_all_stores(Batch).order_by("id")[0])[0]


def test_the_score_counts_what_was_right_at_first_and_what_is_by_now(source: Source) -> None:
    add_rule(source, "marketing_spend", "range", "amount", params={"max": 1000})
    records = [SPEND | {"campaign": str(number)} for number in range(6)]
    source.push("marketing_spend", *records, SPEND | {"amount": "2000"}, SPEND | {"currency": None}, 3, records[0])
    [day] = source.read("/api/v1/quality?source_id=shop")["items"]
    assert {name: day[name] for name in ("received", "accepted", "duplicates", "held", "rejected")} == {
        "received": 10, "accepted": 6, "duplicates": 1, "held": 2, "rejected": 1,
    }  # fmt: skip
    assert (day["score_first"], day["score_now"]) == (0.7, 0.7)
    assert day["parts"] == {"valid": 0.8, "complete": 0.9, "unique": 1.0, "fresh": 1.0, "consistent": 1.0}
    assert day["held_amount"] == [{"currency": "SAR", "amount": "2000.00"}]
    resolve(source, next(row.pk for row in rows_of_all_stores(HeldRecord).filter(rule__startswith="rule-")), "accept")
    [day] = source.read("/api/v1/quality")["items"]
    assert (day["score_first"], day["score_now"], day["held_amount"]) == (0.7, 0.8, [])
    assert source.read("/api/v1/quality?source_id=other")["items"] == []
    assert source.client.get("/api/v1/quality?from=2025-02-01&to=2025-01-01").status_code == 422


def test_held_records_are_listed_in_pages_by_source_and_rule(source: Source) -> None:
    source.push(
        "suppliers", *[{"supplier_id": f"S{number}", "lead_time_days": "x"} for number in range(3)], {"name": "y"}
    )
    page = source.read(f"{HELD}?limit=2")
    assert [item["rule"] for item in page["items"]] == ["required", "bad-value"]
    rest = source.read(f"{HELD}?limit=2&cursor={page['next']}")
    assert ([item["key"] for item in rest["items"]], rest["next"]) == (["S1", "S0"], None)
    assert len(source.read(f"{HELD}?rule=required&source_id=shop")["items"]) == 1
    assert source.client.get(f"{HELD}/99").status_code == 404


def test_held_records_are_sealed_and_follow_a_new_key(source: Source) -> None:
    source.push("customers", CUSTOMER | {"registration_date": "soon"})
    row = rows_of_all_stores(HeldRecord).get()
    assert b"example.com" not in bytes(row.raw)
    add_key()
    assert dict(rotation.rotate())["quality_heldrecord.raw"] == 1
    assert "max@example.com" in source.read(f"{HELD}/{row.pk}")["raw"]


def test_a_trial_looks_at_the_newest_records_only(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "MOST_TRIED", 1)
    for number in range(3):
        source.post("suppliers", [SUPPLIER | {"name": f"{number}{letter}"} for letter in "ab"])
    take_all()
    rule = {"entity": "suppliers", "kind": "one_of", "field": "name", "params": {"values": ["1"]}}
    assert call(source, "POST", f"{RULES}/try", rule).json()["checked"] == 1
