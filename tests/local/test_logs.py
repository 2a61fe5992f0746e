"""Repeated log lines are collapsed into one, and other lines stay."""

from __future__ import annotations

import logging

import pytest

from runtime import logs


@pytest.fixture
def damp() -> logs.SuppressRepeats:
    return logs.SuppressRepeats()


def record(level: int, error: BaseException | None = None) -> logging.LogRecord:
    """A log record as Django makes it: the records of all answers have the same file and line."""
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("django.request", level, "log.py", 253, "an answer", (), info)


def failure(text: str) -> BaseException:
    try:
        return _parse(text) if text else _ask({})
    except (ValueError, KeyError) as error:
        return error


def _parse(text: str) -> BaseException:
    raise ValueError(text)


def _ask(empty: dict[str, BaseException]) -> BaseException:
    return empty["nothing"]


def test_a_repeat_is_held_back_and_counted(damp: logs.SuppressRepeats, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [damp.filter(record(logging.WARNING)) for _ in range(4)]
    assert passed == [True, False, False, False]
    monkeypatch.setattr(logs, "REPEAT_SECONDS", 0.0)
    later = record(logging.WARNING)
    assert damp.filter(later)
    assert later.getMessage() == "an answer (3 more like this)"


def test_a_failure_is_not_hidden_by_refusals_or_by_another_failure(damp: logs.SuppressRepeats) -> None:
    assert damp.filter(record(logging.WARNING))
    assert damp.filter(record(logging.ERROR, failure("a")))
    assert damp.filter(record(logging.ERROR, failure("")))
    assert not damp.filter(record(logging.ERROR, failure("b")))


def test_a_refusal_has_no_traceback_and_a_failure_keeps_its_own() -> None:
    refused, failed = record(logging.WARNING, failure("a")), record(logging.ERROR, failure("a"))
    refused.status_code, failed.status_code = 403, 500
    assert all(logs.RefusalsWithoutTraceback().filter(each) for each in (refused, failed))
    assert refused.exc_info is None
    assert failed.exc_info is not None


def test_news_always_pass(damp: logs.SuppressRepeats) -> None:
    assert all(damp.filter(record(logging.INFO)) for _ in range(5))
