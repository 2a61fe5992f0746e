"""The audit proves documents, and finds each difference that is planted in good ones; erasure of a name is none."""

from __future__ import annotations

import pytest

from invoices.audit import audit
from invoices.management.commands.audit import differences, draw
from invoices.models import Series
from tests.invoices.books import write_documents
from tests.invoices.tampering import tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_snapshot", "documents")]

_3, _4 = (f"(SELECT id FROM invoices_invoice WHERE invoice_number = 'INV-00000{n}')" for n in (3, 4))


@pytest.fixture
def documents(own_series: Series) -> None:
    write_documents(own_series)
    assert audit()["ok"], "the premise: nothing is wrong yet"


def test_good_documents_are_in_order_and_the_heads_are_reported() -> None:
    report = audit()
    assert [(one["series"], one["links"], len(one["head"])) for one in report["chains"]] == [
        ("INV", 5, 64),
        ("CN", 4, 64),
    ]
    assert differences(report) == []
    assert f"INV 5 links, head {report['chains'][0]['head'][:16]}" in " ".join(draw(report).split())


LINES = {
    f"DELETE FROM invoices_line WHERE invoice_id = {_3}": "has lost its lines",
    f"DELETE FROM invoices_line WHERE invoice_id = {_3} AND position = 2": "does not come to the sum of its lines",
    f"DELETE FROM invoices_line WHERE invoice_id = {_3} AND position = 1": "has lost a line",
    f"UPDATE invoices_document SET buyer = '{{\"name\": \"Other\"}}' WHERE invoice_id = {_3}": "names another seller",
    f"DELETE FROM invoices_document WHERE invoice_id = {_3}": "is gone, and left lines",
}  # fmt: skip


@pytest.mark.parametrize(("statement", "why"), LINES.items())
def test_the_audit_finds_lines_that_do_not_add_up_to_their_document(statement: str, why: str) -> None:
    tamper(statement)
    report = audit()
    [wrong] = report["wrong_lines"]
    assert wrong["why"].startswith(why)
    assert wrong["number"] == "INV-000003" or wrong["number"].startswith("invoice ")
    assert not report["ok"]
    assert "line sums" in differences(report)


GROUPS = {
    f"UPDATE invoices_line SET vat_rate = 0.1 WHERE invoice_id = {_3} AND position = 1": "has a VAT group that its lines",
    f"UPDATE invoices_line SET quantity = 4, unit_price = 5 WHERE invoice_id = {_3} AND position = 1": "has a VAT group",
    f"DELETE FROM invoices_vatgroup WHERE invoice_id = {_3} AND rate = 0": "has a VAT group that its lines",
    f"UPDATE invoices_vatgroup SET vat = vat + 0.01 WHERE invoice_id = {_3} AND rate > 0": "has another VAT than its VAT",
    f"INSERT INTO invoices_vatgroup SELECT invoice_id, 0.05, 'S', 0, 0, 1 FROM invoices_document WHERE invoice_id = {_3}":
        "has a VAT group that its lines",
}  # fmt: skip


@pytest.mark.parametrize(("statement", "why"), GROUPS.items())
def test_the_audit_finds_vat_groups_that_are_not_those_of_the_lines(statement: str, why: str) -> None:
    tamper(statement)
    report = audit()
    [wrong] = report["wrong_vat"]
    assert (wrong["number"], wrong["why"].startswith(why)) == ("INV-000003", True), wrong
    assert not report["ok"]
    assert "VAT by rate" in differences(report)


def test_the_audit_finds_vat_beyond_its_bound() -> None:
    group = f"UPDATE invoices_vatgroup SET vat = vat + 0.50 WHERE invoice_id = {_3} AND rate > 0"
    tamper(group, without="vat_group_within_bound")
    tamper(_INVOICE.format("vat_amount = vat_amount + 0.50, total_amount = total_amount + 0.50"))
    assert audit()["wrong_vat"] == [{"number": "INV-000003", "why": "has a VAT too far from net x rate"}]


GROUP_CREDITS = {
    f"UPDATE invoices_groupcredit SET credited_vat = 1 WHERE invoice_id = {_4}": "is not credited as much of a VAT rate",
    f"DELETE FROM invoices_groupcredit WHERE invoice_id = {_4}": "is not credited as much of a VAT rate",
    f"UPDATE invoices_groupcredit SET net = 1000 WHERE invoice_id = {_4}": "is credited beyond the net or VAT",
}


@pytest.mark.parametrize(("statement", "why"), GROUP_CREDITS.items())
def test_the_audit_finds_credits_of_a_rate_that_are_not_right(statement: str, why: str) -> None:
    tamper(statement)
    report = audit()
    assert any(wrong["why"].startswith(why) for wrong in report["wrong_credits"]), report["wrong_credits"]
    assert not report["ok"]


def test_the_audit_finds_a_line_that_is_not_its_product() -> None:
    tamper(
        f"UPDATE invoices_line SET unit_price = unit_price + 1 WHERE invoice_id = {_3} AND position = 1",
        without="line_net_is_product",
    )
    assert audit()["wrong_lines"] == [{"number": "INV-000003", "why": "has a line that is not quantity x unit price"}]


CREDITS = {
    f"UPDATE invoices_credit SET credited_amount = 1 WHERE invoice_id = {_4}": "is not credited as much",
    f"DELETE FROM invoices_credit WHERE invoice_id = {_4}": "is not credited as much",
    "UPDATE invoices_invoice SET currency = 'USD' WHERE invoice_number = 'CN-000001'": "is credited in another currency",
    f"UPDATE invoices_document SET corrects_id = {_4} WHERE corrects_id = {_3}": "is not credited as much",
    "UPDATE invoices_document SET reason = '' WHERE reason = 'goodwill'": "is a credit note that says neither",
    "UPDATE invoices_invoice SET kind = 'credit_note' WHERE invoice_number = 'INV-000005'": "is of another kind",
    f"UPDATE invoices_credit SET total_amount = 1000 WHERE invoice_id = {_4}": "is credited beyond its total",
}


@pytest.mark.parametrize(("statement", "why"), CREDITS.items())
def test_the_audit_finds_credits_that_are_not_right(statement: str, why: str) -> None:
    tamper(statement)
    report = audit()
    assert any(wrong["why"].startswith(why) for wrong in report["wrong_credits"]), report["wrong_credits"]
    assert not report["ok"]


def test_the_audit_finds_credit_beyond_the_total() -> None:
    tamper("UPDATE invoices_credit SET credited_amount = 500", without="credit_within_invoice")
    restated = "UPDATE invoices_invoice SET subtotal = 300, vat_amount = 60, total_amount = 360"
    tamper(f"{restated} WHERE invoice_number = 'CN-000001'")
    tamper(f"UPDATE invoices_credit SET credited_amount = 480 WHERE invoice_id = {_4}")
    wrong = {each["number"]: each["why"] for each in audit()["wrong_credits"]}
    assert wrong["INV-000004"] == "is credited beyond its total"


_DOCUMENT = f"UPDATE invoices_document SET {{}} WHERE invoice_id = {_3}"
_INVOICE = "UPDATE invoices_invoice SET {} WHERE invoice_number = 'INV-000003'"
_LINE = f"UPDATE invoices_line SET {{}} WHERE invoice_id = {_3} AND position = 1"
CHANGED, PEOPLE = "says something else than when it was issued", "names other people than when it was issued"
TAMPERED = {
    _INVOICE.format("invoice_date = invoice_date + interval '1 microsecond'"): CHANGED,
    _INVOICE.format("currency = 'USD'"): CHANGED,
    _INVOICE.format("vat_rate = 0.2, subtotal = 26, vat_amount = 5.2, total_amount = 31.2"): CHANGED,
    _INVOICE.format("buyer_name = 'Other'"): None,
    _DOCUMENT.format("due_date = '2026-01-01'"): CHANGED,
    _DOCUMENT.format("source = 'other'"): CHANGED,
    _DOCUMENT.format("external_id = '2'"): CHANGED,
    _DOCUMENT.format("note = 'to a friend'"): PEOPLE,
    _DOCUMENT.format("buyer = buyer || '{\"email\": \"other@example.org\"}'"): PEOPLE,
    _DOCUMENT.format("seller = seller - 'vat_id'"): PEOPLE,
    _LINE.format("description = 'Cup'"): CHANGED,
    _LINE.format("product_code = 'C1'"): CHANGED,
    _LINE.format("quantity = 20, unit_price = 1"): CHANGED,
    _LINE.format("exemption_reason = 'none'"): CHANGED,
    _INVOICE.format("printed_number = 'A1'"): CHANGED,
    _DOCUMENT.format("day = '2026-01-01'"): CHANGED,
    _DOCUMENT.format("prepaid_amount = 1"): CHANGED,
    _DOCUMENT.format("rounding_amount = 0.01"): CHANGED,
    _DOCUMENT.format("accepted = '{zero-total}'"): CHANGED,
    _DOCUMENT.format("details = '{\"order_reference\": \"7\"}'"): CHANGED,
    _DOCUMENT.format("details = '{\"delivery\": {\"city\": \"Kiel\"}}'"): PEOPLE,
    f"UPDATE invoices_vatgroup SET reason = 'none' WHERE invoice_id = {_3}": CHANGED,
    "UPDATE invoices_link SET digest = hash WHERE ordinal = 3 AND series_id IN"
    " (SELECT id FROM invoices_series WHERE prefix = 'INV')": CHANGED,
    "UPDATE invoices_link SET seller_salt = '\\x00' WHERE ordinal = 3 AND series_id IN"
    " (SELECT id FROM invoices_series WHERE prefix = 'INV')": PEOPLE,
}  # fmt: skip


@pytest.mark.parametrize(("statement", "why"), TAMPERED.items())
def test_the_audit_names_the_number_that_was_tampered_with(statement: str, why: str | None) -> None:
    tamper(statement.replace("%", "%%"))
    report = audit()
    assert not report["ok"]
    breaks = [each for each in report["chain_breaks"] if why is not None]
    assert {each["number"] for each in breaks} <= {"INV-000003"}
    assert why is None or why in [each["why"] for each in breaks]


def test_a_plain_invoice_is_vouched_for_as_well() -> None:
    tamper("UPDATE invoices_invoice SET seller_name = 'Other' WHERE invoice_number = 'INV-000002'")
    assert audit()["chain_breaks"] == [{"number": "INV-000002", "why": PEOPLE}]


CUT = {
    "DELETE FROM invoices_link WHERE ordinal = 3": ["INV-000003", "INV-000004", "CN-000003", "CN-000004"],
    "DELETE FROM invoices_invoice WHERE invoice_number = 'INV-000005'": ["INV-000005"],
    "UPDATE invoices_series SET chain_head = NULL WHERE prefix = 'INV'": ["INV"],
    "UPDATE invoices_link SET hash = digest WHERE ordinal = 5": ["INV-000005", "INV"],
}


@pytest.mark.parametrize(("statement", "numbers"), CUT.items())
def test_the_audit_finds_where_a_chain_was_cut(statement: str, numbers: list[str]) -> None:
    tamper(statement)
    assert [each["number"] for each in audit()["chain_breaks"]] == numbers


def test_the_last_document_cannot_go_unseen_with_its_link() -> None:
    tamper("DELETE FROM invoices_link WHERE ordinal = 5")
    tamper(
        "DELETE FROM invoices_line WHERE invoice_id IN (SELECT id FROM invoices_invoice WHERE invoice_number = 'INV-000005')"
    )
    tamper(
        "DELETE FROM invoices_document WHERE invoice_id IN"
        " (SELECT id FROM invoices_invoice WHERE invoice_number = 'INV-000005')"
    )
    tamper("DELETE FROM invoices_invoice WHERE invoice_number = 'INV-000005'")
    assert {"number": "INV", "why": "has another head than its last link"} in audit()["chain_breaks"]


def test_erasing_a_name_with_its_salt_breaks_nothing() -> None:
    tamper("UPDATE invoices_link SET buyer_salt = NULL WHERE ordinal = 3")
    tamper(f"UPDATE invoices_document SET buyer = '{{}}', note = '' WHERE invoice_id = {_3}")
    tamper(_INVOICE.format("buyer_name = 'erased'"))
    report = audit()
    assert (report["chain_breaks"], report["wrong_lines"], report["ok"]) == ([], [], True)
    tamper(_INVOICE.format("subtotal = 26, vat_amount = 4, total_amount = 30"))
    assert audit()["chain_breaks"] == [{"number": "INV-000003", "why": CHANGED}]


def test_documents_from_before_the_chain_are_not_asked_for_links() -> None:
    tamper("UPDATE invoices_series SET chain_start = 4 WHERE prefix = 'INV'")
    tamper("DELETE FROM invoices_link WHERE series_id IN (SELECT id FROM invoices_series WHERE prefix = 'INV')")
    assert [each["number"] for each in audit()["chain_breaks"]] == ["INV-000004", "INV-000005", "INV"]
