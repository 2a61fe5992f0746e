"""START, STOP, reset and status from the command line: each prints its result, or one sentence for a refusal."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from invoices.generation import producer
from invoices.models import Invoice, Run, Series
from streaming.feed import display

pytestmark = pytest.mark.django_db


def call(*arguments: str) -> str:
    """The output of a command."""
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def status() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(call("generation_status", "--json").splitlines()[-1])
    return found


def test_start_begins_a_run_with_the_values_given() -> None:
    assert "20 invoices" in call("start_generation", "--rate", "2.5", "--duration", "8", "--seed", "-7")
    run = Run.objects.get()
    assert (str(run.rate_per_second.normalize()), run.duration_seconds, run.seed, run.target_count) == (
        "2.5",
        8,
        -7,
        20,
    )


def test_start_without_values_takes_those_of_the_settings() -> None:
    call("start_generation")
    run = Run.objects.get()
    assert (run.rate_per_second, run.duration_seconds) == (settings.GENERATION_RATE, settings.GENERATION_DURATION)


def test_start_is_refused_while_a_run_is_active() -> None:
    call("start_generation")
    with pytest.raises(CommandError, match="already running"):
        call("start_generation")
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--rate", value) for value in ("0", "0.09", "10000.1", "-1", "NaN", "1e3", "five", "", "٣")),
        *(("--duration", value) for value in ("0", "86401", "1.5", "-1", "long", "", "9" * 5000)),
        *(("--seed", value) for value in ("1.5", "seed", str(2**63), str(-(2**63) - 1), "")),
    ],
)
def test_a_bad_value_is_named_and_nothing_starts(option: str, value: str) -> None:
    with pytest.raises(CommandError) as refusal:
        call("start_generation", f"{option}={value}")
    sentence = str(refusal.value)
    assert option in sentence
    assert repr(value[:40]) in sentence
    assert sentence.count("\n") == 0
    assert len(sentence) < 300
    assert not Run.objects.exists()


def test_a_run_that_would_issue_nothing_or_too_much_is_refused() -> None:
    with pytest.raises(CommandError, match="makes 0 invoices"):
        call("start_generation", "--rate=0.1", "--duration=1")
    with pytest.raises(CommandError, match="makes 864000000 invoices"):
        call("start_generation", "--rate=10000", "--duration=86400")


def test_stop_ends_the_run_and_says_how_far_it_came() -> None:
    call("start_generation")
    assert call("stop_generation") == f"Run {Run.objects.get().pk} is stopped: 0 of 1500 invoices were issued.\n"
    assert status()["state"] == "idle"


def test_stop_is_refused_when_nothing_runs() -> None:
    with pytest.raises(CommandError, match="No run is running"):
        call("stop_generation")


def test_reset_stops_skips_and_clears_but_keeps_the_invoices() -> None:
    issue_one()
    assert display("demo").queued_count == 1
    call("reset_generation")
    assert (display("demo").queued_count, display("demo").skipped_count) == (0, 1)
    assert Invoice.objects.filter(series__closed_at=None).count() == 1
    assert Run.objects.get().state == "stopped"


def test_reset_with_purge_begins_a_new_series() -> None:
    issue_one()
    assert "dropped" in call("reset_generation", "--purge")
    assert not Invoice.objects.filter(series__closed_at=None).exists()
    assert Series.objects.get(feed="demo", closed_at=None).prefix == "DEMO2"


def test_status_as_json_is_the_contracts() -> None:
    call("start_generation", "--seed=3")
    found = status()
    assert set(found) >= {"feed", "state", "run", "display", "processes", "services"}
    assert (found["feed"], found["state"], found["run"]["seed"]) == ("demo", "running", 3)


def test_status_for_people_names_state_run_backlog_and_processes() -> None:
    idle = call("generation_status")
    assert "idle" in idle
    assert "pacer" in idle
    issue_one()
    text = call("generation_status")
    assert "running, 1 of 150 issued" in text
    assert "1, drained in 1 s" in text


def test_watch_ends_at_once_when_idle() -> None:
    assert call("generation_status", "--watch").splitlines()[-1] == "idle: 0 shown, backlog 0"


def issue_one() -> None:
    """A run of 150 that has issued its first."""
    call("start_generation", "--rate=0.1", "--duration=1500")
    Run.objects.update(started_at=Run.objects.get().started_at - timedelta(seconds=11))
    assert producer.tick() == 1
