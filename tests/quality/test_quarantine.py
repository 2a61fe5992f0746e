"""A person corrects, accepts, retries or sets aside; the issued document is complete and issued only once."""

from __future__ import annotations

import pytest

from imports import importing
from invoices.models import Invoice
from quality import quarantine
from quality.models import Quarantined
from quality.quarantine import NotOpen
from tests.imports.conftest import Write
from tests.imports.samples import row, shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(write: Write) -> Quarantined:
    """An invoice whose second row cannot be read."""
    importing.import_files([write(row("7"), row("7", "six"))], shop())
    return Quarantined.objects.get()


def test_a_corrected_document_is_issued_complete(kept: Quarantined) -> None:
    row = quarantine.correct(kept.pk, kept.raw.replace("six", "6"), by="ann")
    assert (row.state, row.invoice_number, row.resolved_by) == ("issued", "SHOP-7", "ann")
    assert Invoice.objects.get().total_amount == row_total(12)
    assert row.raw != row.mended


def row_total(count: int) -> object:
    from decimal import Decimal

    return count * Decimal("2.55")


def test_a_wrong_correction_shows_what_is_wrong_now(kept: Quarantined) -> None:
    row = quarantine.correct(kept.pk, kept.raw.replace("six", "-6"), by="ann")
    assert (row.state, row.rule) == ("open", "negative-quantity")
    assert quarantine.accept(kept.pk, by="ann").state == "open", "it breaks another rule now"
    row.refresh_from_db()
    assert row.rule == "zero-total"


def test_it_must_stay_one_document(kept: Quarantined) -> None:
    row = quarantine.correct(kept.pk, kept.raw.replace("7,", "8,", 1), by="ann")
    assert (row.state, row.rule) == ("open", "mixed-document")
    assert not Invoice.objects.exists()


def test_only_a_rule_that_allows_it_can_be_accepted(kept: Quarantined) -> None:
    with pytest.raises(NotOpen, match="cannot be accepted"):
        quarantine.accept(kept.pk, by="ann")


def test_accepted_it_is_issued_as_it_is(write: Write) -> None:
    importing.import_files([write(row("7"), row("7", "-1"))], shop())
    kept = Quarantined.objects.get()
    assert (kept.rule, kept.may_be_accepted) == ("negative-quantity", True)
    assert quarantine.accept(kept.pk, by="ann").state == "issued"
    assert Invoice.objects.get().total_amount == row_total(5)


def test_what_is_dealt_with_is_dealt_with_once(kept: Quarantined) -> None:
    mended = kept.raw.replace("six", "6")
    quarantine.correct(kept.pk, mended, by="ann")
    with pytest.raises(NotOpen, match="nothing is left to do"):
        quarantine.correct(kept.pk, mended, by="bob")
    assert Invoice.objects.count() == 1


def test_a_correction_that_equals_an_issued_document_is_healed(kept: Quarantined, write: Write) -> None:
    importing.import_files([write(row("8"), row("8", "1"), name="b.csv")], shop())
    row_ = quarantine.correct(kept.pk, kept.raw.replace("7,8", "8,8", 2).replace("six", "1"), by="ann")
    assert row_.state == "healed"
    assert Invoice.objects.count() == 1


def test_set_aside_it_becomes_no_document(kept: Quarantined) -> None:
    assert quarantine.set_aside(kept.pk, by="ann").state == "set_aside"
    assert quarantine.correct(kept.pk, kept.raw.replace("six", "6"), by="bob").state == "issued", (
        "a person may change her mind"
    )


def test_tried_again_it_finds_what_it_was_waiting_for(write: Write) -> None:
    from imports.reading import options

    head = "number,invoice_date,currency,buyer_name,description,quantity,unit_price,vat_rate,kind,corrects\n"
    own = options.make({"format": "invoices-csv", "seller": "We"})
    for name, line in (
        ("b.csv", "C1,2026-02-01,EUR,Ann,Pot,1,3,0,credit_note,A1"),
        ("a.csv", "A1,2026-01-31,EUR,Ann,Pot,1,3,0,,"),
    ):
        path = write(name=name)
        path.write_text(head + line + "\n")
        importing.import_files([path], own)
    kept = Quarantined.objects.get()
    assert kept.rule == "refused"
    assert quarantine.retry(kept.pk, by="ann").invoice_number == "SHOP-CN-C1"
