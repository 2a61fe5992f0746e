"""`import_invoices` prints a report, and its exit code says whether a person must act."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from tests.imports.conftest import Write
from tests.imports.samples import row

pytestmark = pytest.mark.django_db
FORMAT = ("--format", "online-retail")


def test_the_command_prints_what_was_issued_kept_and_set_aside(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(row("1"), row("C2", "-1"), row("3", "x"), row("4", "1", "0", CustomerID=""))
    call_command("import_invoices", str(path), *FORMAT)
    output = capsys.readouterr().out
    assert "4 rows read" in output
    assert "2 documents issued, 1 of them credit notes" in output
    assert "1 in quarantine: bad-value." in output
    assert "1 set aside: stock-correction." in output


def test_as_json_it_has_the_sums_of_each_day(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_invoices", str(write(row("1"), row("C2", "-1"))), *FORMAT, "--json")
    report = json.loads(capsys.readouterr().out)
    day = {"day": "2026-01-31", "currency": "GBP", "invoices": 1, "credit_notes": 1, "subtotal": "12.75"}
    assert report["days"] == [day | {"total_amount": "12.75"}]


def test_strict_it_ends_with_three_when_something_is_in_quarantine(write: Write) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("import_invoices", str(write(row("3", "x"))), *FORMAT, "--strict")
    assert ended.value.code == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.csv"], "nowhere.csv does not exist"),
        (["x.csv", "--timezone", "Moon"], "timezone: 'Moon' is not a time zone"),
    ],
    ids=["file", "option"],
)
def test_what_cannot_be_is_one_sentence(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("import_invoices", *arguments, *FORMAT)
