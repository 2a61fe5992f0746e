"""Beat sends one query for everything that is due, and a broken connection loses only one answer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import connection

from invoicedash import questions, schedule
from invoicedash.questions import Questions
from invoices.generation import runs
from jobs.models import Job
from tests.invoices.children import database_url

pytestmark = pytest.mark.django_db(transaction=True)
TASKS = ("invoices.tick", "replays.tick", "jobs.work")


@pytest.fixture
def asked() -> Iterator[Questions]:
    one = Questions(database_url(), schedule.NEEDED)
    yield one
    one.close()


@pytest.fixture
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """All questions of a test come at one moment."""
    monkeypatch.setattr(questions, "FRESH_SECONDS", 3600.0)


@pytest.fixture
def never_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "FRESH_SECONDS", 0.0)


def start_run() -> None:
    runs.start(rate_per_second=Decimal(5), duration_seconds=60)


def test_nothing_is_needed_of_an_idle_product(asked: Questions, never_fresh: None) -> None:
    assert [asked.arguments_for(task) for task in TASKS] == [[], [], []]


def test_a_run_needs_ticks_and_a_waiting_job_its_queue(asked: Questions, never_fresh: None) -> None:
    start_run()
    Job.objects.create(kind="import", queue="long")
    assert [asked.arguments_for(task) for task in TASKS] == [[[]], [], [["long"]]]
    runs.stop()
    assert asked.arguments_for("invoices.tick") == []


def test_a_task_that_asks_nothing_is_always_needed(asked: Questions) -> None:
    assert asked.arguments_for("invoices.sweep") == [[]]
    assert asked.count == 0


def test_what_is_due_at_one_moment_costs_one_question_and_sends_one_message(
    asked: Questions, always_fresh: None
) -> None:
    start_run()
    assert [asked.arguments_for(task) for task in (*TASKS, "invoices.tick")] == [[[]], [], [], []]
    assert asked.count == 1


def test_a_connection_that_was_ended_costs_one_answer(asked: Questions, never_fresh: None) -> None:
    start_run()
    assert asked.arguments_for("invoices.tick") == [[]]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'invoicedash-beat'"
            " AND datname = current_database()"
        )
    assert asked.arguments_for("invoices.tick") == []
    assert asked.arguments_for("invoices.tick") == [[]]
