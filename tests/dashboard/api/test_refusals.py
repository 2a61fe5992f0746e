"""Bad input of every kind: 422 names the field, 400 names the error in the JSON, no input causes a 5xx or a change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from invoices.models import Run
from streaming.models import Cursor
from tests.dashboard.api.caller import Caller

HUGE = "9" * 5000
DEEP = "[" * 100_000 + "]" * 100_000
# JSON texts that are values of no field here.
NOTHINGS = [
    '"5"',
    '"five"',
    "[]",
    "[5]",
    "{}",
    '""',
    '"\\u0000"',
    '"\\ud800"',
    "1e400",
    "-1e400",
    HUGE,
    f"-{HUGE}",
    "1" + "0" * 400,
]

RATES = [*NOTHINGS, "true", "false", "null", "0", "-1", "0.09", "0.0999999", "10000.01", "1e9"]
DURATIONS = [*NOTHINGS, "true", "false", "null", "0", "-1", "86401", "1.5", "1e3", "300.0"]
SEEDS = [*NOTHINGS, "true", "false", "1.5", "1e3", str(2**63), str(-(2**63) - 1)]
PURGES = [*NOTHINGS, "null", "0", "1", '"true"']
MODES = [*NOTHINGS, "null", "true", "1", '"EVERY"', '"every "', '"all"']
DISPLAY_RATES = [*NOTHINGS, "null", "true", "0", "-1", "0.09", "1000.1"]


def values(method: str, path: str, field: str, texts: list[str]) -> list[Any]:
    return [pytest.param(method, path, field, text, id=f"{path} {field} {text[:20]}") for text in texts]


@pytest.mark.parametrize(
    ("method", "path", "field", "text"),
    [
        *values("POST", "/control/start", "rate_per_second", RATES),
        *values("POST", "/control/start", "duration_seconds", DURATIONS),
        *values("POST", "/control/start", "seed", SEEDS),
        *values("POST", "/control/reset", "purge", PURGES),
        *values("PUT", "/feed", "mode", MODES),
        *values("PUT", "/feed", "rate_per_second", DISPLAY_RATES),
    ],
)
def test_a_bad_value_is_422_and_names_its_field(api: Caller, method: str, path: str, field: str, text: str) -> None:
    found = api.refusal(422, method, path, f'{{"{field}": {text}}}'.encode())
    assert field in found["detail"]
    assert [error["field"] for error in found["errors"]] == [field]
    assert nothing_happened()


@pytest.mark.parametrize(("method", "path"), [("POST", "/control/start"), ("POST", "/control/reset"), ("PUT", "/feed")])
class TestBodies:
    @pytest.mark.parametrize("field", ["x", "rate", "RATE_PER_SECOND", "__proto__", "\0", "a.b", "n" * 5000])
    def test_an_unknown_field_is_422_and_named(self, api: Caller, method: str, path: str, field: str) -> None:
        found = api.refusal(422, method, path, json.dumps({field: 1}).encode())
        assert found["errors"][0]["field"] == field[:100]
        assert nothing_happened()

    @pytest.mark.parametrize("field", ["", "\ud800"])
    def test_a_field_without_a_name_is_422_too(self, api: Caller, method: str, path: str, field: str) -> None:
        api.refusal(422, method, path, json.dumps({field: 1}).encode())
        assert nothing_happened()

    @pytest.mark.parametrize("body", ["[]", "[1]", '"text"', "5", "true", "1.5", "[{}]", HUGE])
    def test_a_body_that_is_not_an_object_is_422(self, api: Caller, method: str, path: str, body: str) -> None:
        assert api.refusal(422, method, path, body.encode())["errors"][0]["field"] == "body"
        assert nothing_happened()

    @pytest.mark.parametrize(
        "body",
        [
            b"{", b"}", b" ", b"{]", b'{"a"}', b"{'a': 1}", b'{"seed": 01}', b'{"a": 1,}', b"\xff\xfe", b'"\x80"', b"\0",
            b"NaN", b'{"rate_per_second": NaN}', b'{"rate_per_second": Infinity}', b'{"rate_per_second": -Infinity}',
            b"{} {}", b"rate_per_second=5", b'{"a": "\n"}',
        ],
    )  # fmt: skip
    def test_a_body_that_is_not_json_is_400(self, api: Caller, method: str, path: str, body: bytes) -> None:
        assert "JSON" in api.refusal(400, method, path, body)["detail"]
        assert nothing_happened()

    @pytest.mark.parametrize("body", [DEEP, '{"seed": ' + DEEP + "}", '{"a":' * 30_000 + "1" + "}" * 30_000])
    def test_what_is_nested_too_deeply_is_400(self, api: Caller, method: str, path: str, body: str) -> None:
        assert "nested" in api.refusal(400, method, path, body.encode())["detail"]
        assert nothing_happened()

    def test_every_bad_field_is_named(self, api: Caller, method: str, path: str) -> None:
        body = b'{"rate_per_second": "x", "duration_seconds": "x", "mode": 1, "purge": 1, "other": 1}'
        found = api.refusal(422, method, path, body)
        assert {error["field"] for error in found["errors"]} >= {"other"}
        assert len(found["errors"]) > 1


@pytest.mark.parametrize(
    ("rate", "seconds"), [("0.1", 1), ("0.1", 9), ("0.5", 1), ("10000", 1001), ("10000", 86400), ("9999.999", 1001)]
)
def test_a_run_of_nothing_or_of_too_much_is_422(api: Caller, rate: str, seconds: int) -> None:
    body = f'{{"rate_per_second": {rate}, "duration_seconds": {seconds}}}'
    detail = api.refusal(422, "POST", "/control/start", body.encode())["detail"]
    assert "rate_per_second" in detail
    assert "10,000,000" in detail
    assert nothing_happened()


CALLS = [
    ("GET", "/stats"),
    ("GET", "/stats/history"),
    ("POST", "/control/start"),
    ("POST", "/control/stop"),
    ("POST", "/control/reset"),
    ("POST", "/control/skip"),
    ("PUT", "/feed"),
    ("GET", "/system/status"),
    ("GET", "/invoices"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("feed", ["nope", "DEMO", "demo ", "%", "{}", ""])
def test_an_unknown_feed_is_404(api: Caller, method: str, path: str, feed: str) -> None:
    body = b"{}" if method == "PUT" else b""
    assert "feed" in api.refusal(404, method, path, body, feed=feed)["detail"]
    assert nothing_happened()


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("feed", ["\0", "d" * 5000])
def test_what_cannot_be_a_name_is_422(api: Caller, method: str, path: str, feed: str) -> None:
    body = b"{}" if method == "PUT" else b""
    assert api.refusal(422, method, path, body, feed=feed)["errors"][0]["field"] == "feed"


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_wrong_method_is_405_and_says_which_are_right(api: Caller, method: str, path: str) -> None:
    right = {the_method for the_method, the_path in [*CALLS, ("POST", "/invoices")] if the_path == path}
    for wrong in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - right:
        api.refusal(405, wrong, path)
        assert right <= set(api.headers["Allow"].split(", "))
        assert wrong not in api.headers["Allow"].split(", ")
    assert nothing_happened()


@pytest.mark.parametrize(
    "path",
    ["/", "/nope", "/stats/", "/control", "/control/start/", "/../etc", "/%00"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_404(api: Caller, method: str, path: str) -> None:
    api.refusal(404, method, path)


def nothing_happened() -> bool:
    """No run, and the display's pace as it was."""
    return not Run.objects.exists() and not Cursor.objects.exclude(mode="every", rate_per_second=None).exists()
