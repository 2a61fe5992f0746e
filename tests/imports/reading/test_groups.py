"""The rows of a number are one document, complete or broken."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports.reading import groups
from imports.reading.groups import WINDOW, Group, find_repeated, group, mark_repeated
from imports.reading.records import Record, csv_records, json_records
from tests.steps import ended

HEADER = ["InvoiceNo", "Description"]


def records(text: str) -> list[Record]:
    return list(csv_records(text.splitlines(keepends=True), HEADER, "InvoiceNo"))


def grouped(text: str) -> dict[str, Group]:
    return {one.key: one for one in group(records(text))}


def test_rows_apart_by_a_few_others_are_together() -> None:
    found = list(group(records("1,a\n2,b\n1,c\n")))
    assert [(one.key, one.raw) for one in found] == [("1", "1,a\n1,c\n"), ("2", "2,b\n")]


def test_rows_too_far_apart_break_the_document_and_no_other() -> None:
    text = "1,a\n" + "".join(f"{number},b\n" for number in range(10, 11 + WINDOW)) + "1,c\n"
    _, documents, split = ended(find_repeated(group(records(text))))
    assert (documents, split) == (WINDOW + 3, frozenset({"1"}))
    broken = [one for one in mark_repeated(group(records(text)), split) if one.broken]
    assert [(one.key, one.broken and one.broken.rule.id) for one in broken] == [("1", "split-document")] * 2


def test_a_row_that_cannot_be_read_breaks_its_document_and_no_other() -> None:
    found = grouped("1,a\n2,b\n2,b,too many\n3,c\n")
    assert {key: one.broken and one.broken.rule.id for key, one in found.items()} == {
        "1": None,
        "2": "unreadable",
        "3": None,
    }


def test_where_it_belongs_to_none_its_neighbours_wait_for_it() -> None:
    found = grouped("1,a\n2,b\n???\n3,c\n4,d\n")
    assert found["2"].broken
    assert found["3"].broken
    assert (found["1"].broken, found["4"].broken) == (None, None)
    assert "Line 4" in str(found["2"].broken)


def test_a_row_without_a_number_makes_its_neighbours_wait() -> None:
    found = grouped("1,a\n,b\n2,c\n")
    assert [one.broken and one.broken.rule.id for one in found.values()] == [
        "beside-unreadable",
        "no-number",
        "beside-unreadable",
    ]


def test_a_quote_that_never_ends_breaks_the_documents_that_it_swallows_and_nothing_is_dropped() -> None:
    text = '1,a\n2,"b\n3,c\n4,d\n'
    found = grouped(text)
    assert found["1"].broken is None or found["1"].broken.rule.id == "beside-unreadable"
    assert all(found[key].broken for key in "234")
    assert "".join(one.raw for one in found.values()) == text


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.sampled_from("12345"), max_size=60), st.integers(1, 5))
def test_every_record_is_in_one_group_and_torn_documents_are_found(keys: list[str], window: int) -> None:
    rows = [Record(line, key, f"{key}\n") for line, key in enumerate(keys)]
    found = list(group(rows, window=window))
    assert sorted(record.line for one in found for record in one.records) == list(range(len(keys)))
    count, documents, split = ended(find_repeated(group(rows, window=window)))
    assert (count, documents) == (len(keys), len(found))
    times = Counter(one.key for one in found)
    assert split == {key for key, many in times.items() if many > 1}


def test_memory_is_that_of_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "WINDOW", 10)
    opened = 0
    most = 0

    def counted() -> object:
        nonlocal opened, most
        for number in range(1000):
            opened += 1
            most = max(most, opened)
            yield Record(number, str(number), "")

    for one in group(counted(), window=10):  # type: ignore[arg-type]
        opened -= len(one.records)
    assert most <= 12


def test_json_lines_are_documents_each_and_numbers_keep_every_digit() -> None:
    (record,) = json_records(['{"number": "A1", "lines": [{"quantity": 1.10, "unit_price": 12345678901.123456}]}\n'])
    assert (record.key, record.values["lines"][0]) == ("A1", {"quantity": "1.10", "unit_price": "12345678901.123456"})


@pytest.mark.parametrize("line", ["[1]", "nothing", '{"a": NaN}', "[" * 100_000, '"text"'], ids=lambda line: line[:10])
def test_a_line_that_is_not_an_object_has_a_problem(line: str) -> None:
    (record,) = json_records([line])
    assert record.problem
