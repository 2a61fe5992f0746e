"""The set `intake` finds nothing in the product, and finds a planted bug; its checker distinguishes faults.

The schedules run in a process of their own, because they set Django up on servers of their own.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.system.chaos.intake import checker, plan
from tests.system.chaos.intake.checker import Kept, KeptOrder
from tests.system.chaos.intake.full import plan as full_plan
from tests.system.chaos.intake.record import Posted, ShopRecord
from tests.system.chaos.planted import intake
from tests.system.chaos.planted.bugs import BUGS
from tests.waiting import HANG_SECONDS

BODY = b'{"id":18}'
INVOICE, CREDIT_NOTE = ("invoice", "order:18", Decimal("9.99")), ("credit_note", "refund:19", Decimal("2.00"))
ORDER = KeptOrder(
    external_id="18", state="open", total=Decimal("9.99"), refunded=Decimal("2.00"), difference=Decimal(0),
    documents=(INVOICE, CREDIT_NOTE),
)  # fmt: skip
KEPT = Kept(name="nordwind", orders=[ORDER], deliveries=[("order.created", BODY, "done")])
SHOP = ShopRecord(
    orders=[{"id": 18, "status": "processing", "total": "9.99", "date_paid": "2026-11-30T12:00:00"}],
    refunds={"18": [{"id": 19, "amount": "2.00"}]},
    edits={"18": 0},
    posted=[Posted(topic="order.created", body=BODY, status=200), Posted(topic="order.updated", body=BODY, status=0)],
)  # fmt: skip


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.system.chaos", "--set", "intake", "--seed", "1", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=2 * HANG_SECONDS)


def found(kept: Kept) -> set[tuple[str, str]]:
    return {(violation.kind, violation.invariant) for violation in checker.check(kept, SHOP)}


def with_order(**changes: object) -> Kept:
    return replace(KEPT, orders=[replace(ORDER, **changes)])  # type: ignore[arg-type]


@pytest.mark.long
def test_no_order_is_lost_doubled_or_wrong() -> None:
    done = run("--count", "3")
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert done.stdout.endswith("3 schedules, 0 lost, 0 doubled, 0 wrong\n")


def test_a_poll_without_overlap_is_found() -> None:
    # It ends with the first schedule that finds the bug: in some of them a slow machine does too little.
    done = run("--count", "100", "--bug", "poll-no-overlap")
    assert done.returncode == 1, done.stdout[-5000:] + done.stderr[-2000:]
    assert "LOST     I11" in done.stdout


def test_every_bug_of_the_set_is_registered() -> None:
    assert set(intake.NAMES) <= set(BUGS)


def test_a_seed_makes_the_same_schedule() -> None:
    assert plan.make(7) == plan.make(7)
    assert len({plan.make(seed).faults for seed in range(20)}) == 20


def test_a_schedule_of_the_whole_product_has_the_faults_of_the_whole_product() -> None:
    assert full_plan.make(7) == full_plan.make(7)
    kinds = {fault.kind for seed in range(40) for fault in full_plan.make(seed).faults}
    assert kinds == set(full_plan.KINDS)


def test_what_a_case_owes_is_not_read_from_its_body() -> None:
    shop = replace(SHOP, owed={"18": Decimal("0.00")})
    assert [violation.kind for violation in checker.check(KEPT, shop)] == ["doubled"]


def test_a_store_that_equals_its_shop_is_right() -> None:
    assert found(KEPT) == set()


def test_a_webhook_that_was_answered_and_is_not_kept_is_lost() -> None:
    assert found(replace(KEPT, deliveries=[])) == {("lost", "I11")}


def test_a_webhook_that_still_waits_is_lost() -> None:
    assert found(replace(KEPT, deliveries=[("order.created", BODY, "new")])) == {("lost", "I11")}


def test_a_webhook_that_is_kept_twice_is_doubled() -> None:
    assert found(replace(KEPT, deliveries=KEPT.deliveries * 2)) == {("doubled", "I11")}


def test_a_webhook_without_an_answer_may_be_kept() -> None:
    kept = replace(KEPT, deliveries=[*KEPT.deliveries, ("order.updated", BODY, "done")])
    assert found(kept) == set()


def test_a_webhook_of_another_shop_is_wrong() -> None:
    kept = replace(KEPT, deliveries=[*KEPT.deliveries, ("order.created", b'{"id":20}', "done")])
    assert found(kept) == {("wrong", "I15")}


def test_an_order_of_another_shop_is_wrong() -> None:
    assert found(replace(KEPT, orders=[ORDER, replace(ORDER, external_id="20")])) == {("wrong", "I15")}


def test_a_missing_order_is_lost() -> None:
    assert found(replace(KEPT, orders=[])) == {("lost", "I11")}


def test_an_old_report_of_an_order_is_lost_work() -> None:
    assert found(with_order(state="placed")) == {("lost", "I11")}
    assert found(with_order(total=Decimal("10.00"))) == {("lost", "I11")}


def test_a_refund_that_is_credited_twice_is_doubled() -> None:
    again = ("credit_note", "refund:19b", Decimal("2.00"))
    assert ("doubled", "I11") in found(with_order(documents=(INVOICE, CREDIT_NOTE, again)))


def test_a_second_invoice_is_doubled() -> None:
    again = ("invoice", "order:18-2", Decimal("9.99"))
    assert found(with_order(documents=(INVOICE, again, CREDIT_NOTE))) == {("doubled", "I11")}


def test_an_invoice_that_is_replaced_without_an_edit_is_doubled() -> None:
    back, again = ("credit_note", "edit:18", Decimal("7.99")), ("invoice", "order:18:2", Decimal("7.99"))
    replaced = with_order(documents=(INVOICE, CREDIT_NOTE, back, again))
    assert found(replaced) == {("doubled", "I11")}
    edited = replace(SHOP, edits={"18": 1})
    assert list(checker.check(replaced, edited)) == []


def test_a_missing_document_is_lost() -> None:
    assert found(with_order(documents=())) == {("lost", "I11")}
    assert found(with_order(missing=1)) == {("lost", "I11")}


def test_an_account_that_differs_is_wrong() -> None:
    assert found(with_order(difference=Decimal("0.01"))) == {("wrong", "I11")}


def test_documents_of_no_order_are_doubled() -> None:
    assert [violation.kind for violation in checker.check_count(3, 2)] == ["doubled"]
    assert [violation.kind for violation in checker.check_count(2, 2)] == []
