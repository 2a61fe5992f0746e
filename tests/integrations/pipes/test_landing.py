"""What is sent becomes one line of JSON for each record, with every number as it was written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.pipes.chunks import MOST_BYTES, MOST_LINES, LineTooLong, read_chunks
from integrations.pipes.landing import BadBody, NothingReadable, read_envelope, split_data, split_text

TEXTS = st.text(max_size=10)
LEAVES = st.none() | st.booleans() | st.integers() | TEXTS
VALUES = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(TEXTS, LEAVES, max_size=3)
# Each example parses a body; these many find what more find, in a second.
few = settings(max_examples=40, deadline=None)


def body(data: Any, **more: Any) -> str:
    return json.dumps({"source_id": "s", **more, "data": data, "after": [1, {"a": 2}]}, indent=1)


def test_numbers_keep_their_text() -> None:
    text = '{"data" : [ {"a": 10.10, "b":1.0000000000000000000001} ,\r\n {"a": 1E2}\n], "format": "json" }'
    found = read_envelope(text)
    assert split_data(found.data, "json") == ['{"a": 10.10, "b":1.0000000000000000000001}', '{"a": 1E2}']
    assert found.members == {"format": "json"}


@few
@given(st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), min_size=1, max_size=4))
def test_any_records_come_out_as_they_went_in(records: list[dict[str, Any]]) -> None:
    found = read_envelope(body(records))
    lines = split_data(found.data, "json")
    assert [json.loads(line) for line in lines] == records
    assert not any("\n" in line for line in lines)
    assert found.members == {"source_id": "s", "after": [1, {"a": 2}]}
    assert [json.loads(line) for line in split_text("\n".join(lines), "jsonl")] == records


@few
@given(VALUES)
def test_any_other_value_is_refused_or_read(value: Any) -> None:
    try:
        lines = split_data(read_envelope(body(value)).data, "json")
    except NothingReadable:
        return
    assert any(isinstance(json.loads(line), dict) for line in lines if line[:1] == "{")


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", '{"data"', '{"data":', '{"data": [', '{"data": [1', '{"data": [1,', '{"data": [1,]}', '{"data": [1 2]}',
        '{"data": []} x', '{"a": 1,}', '{"a" 1}', "{1: 2}", '{"a": 1 "b": 2}', '{"data": ' + "[" * 100_000, "3",
    ],
)  # fmt: skip
def test_a_body_other_than_a_json_object_is_refused(text: str) -> None:
    with pytest.raises(BadBody):
        read_envelope(text)


@pytest.mark.parametrize(
    ("data", "form"),
    [([], "json"), ([1, "x"], "json"), (3, "json"), ([{}], "csv"), ("a,b", "csv"), ("x\ny", "jsonl"), ("", "jsonl"),
     ('a,b\n"1', "csv"), ("[1", "json"), ("", "json")],
)  # fmt: skip
def test_nothing_readable_says_so(data: Any, form: Any) -> None:
    with pytest.raises(NothingReadable):
        split_data(read_envelope(body(data)).data, form)


def test_one_broken_line_among_others_is_kept() -> None:
    assert split_text('{"a": 1}\r\nbroken\n\n{"a": 2}\n', "jsonl") == ['{"a": 1}', "broken", '{"a": 2}']
    assert split_data(read_envelope('{"data": [{"a": 1}, 3]}').data, "json") == ['{"a": 1}', "3"]


def test_rows_of_csv_are_objects_of_texts() -> None:
    text = '\ufeffproduct_id,name\r\n1,"Mug, ""big"""\n\n2,Lamp,extra\n'
    assert [json.loads(line) for line in split_text(text, "csv")] == [
        {"product_id": "1", "name": 'Mug, "big"'},
        {"product_id": "2", "name": "Lamp", "column 3": "extra"},
    ]
    assert [json.loads(line) for line in split_text("a;b\n1,5;2\n", "csv")] == [{"a": "1,5", "b": "2"}]


def test_two_columns_of_one_name_are_refused_because_one_would_be_lost() -> None:
    with pytest.raises(NothingReadable, match="two columns named 'amount'"):
        split_text("id,amount,amount\n1,2,3\n", "csv")


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_the_byte_order_mark_of_a_file_is_left_out(form: Any) -> None:
    assert split_text('\ufeff{"a": 1}', form) == ['{"a": 1}']


def test_a_stream_is_cut_into_chunks_whatever_its_pieces_are() -> None:
    lines = [f'{{"n": {number}}}' for number in range(2 * MOST_LINES + 5)]
    content = "\n".join(lines).encode()
    at = 0

    def read(size: int) -> bytes:
        nonlocal at
        at += 7
        return content[at - 7 : at]

    chunks = list(read_chunks(read))
    assert [len(chunk) for chunk in chunks] == [MOST_LINES, MOST_LINES, 5]
    assert [line for chunk in chunks for line in chunk] == lines


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(LineTooLong):
        list(read_chunks(lambda size: b"x" * size))
    pieces = iter([b"\xff\n", b"\n\r\n", b"y" * MOST_BYTES, b""])
    assert [len(chunk) for chunk in read_chunks(lambda size: next(pieces))] == [1, 1]
