"""Runs in the admin: viewers see them, operators start and stop them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from invoices.generation import reset
from invoices.models import Run

LIST = "/admin/invoices/run/"

pytestmark = pytest.mark.django_db


def act(client: Client, action: str) -> str:
    """What the page says after the action."""
    return client.post(LIST, {"action": action}, follow=True).content.decode()


def test_an_operator_starts_and_stops_with_the_defaults(operator: Client) -> None:
    assert "Run" in act(operator, "start_run")
    run = Run.objects.get()
    assert (run.state, run.rate_per_second, run.duration_seconds) == ("running", Decimal(5), 300)
    page = operator.get(LIST).content.decode()
    assert "0 of 1500" in page
    assert "is stopped: 0 of 1500 invoices were issued." in act(operator, "stop_run")
    assert Run.objects.get().state == "stopped"


def test_a_second_start_and_a_needless_stop_are_refused_in_words(operator: Client) -> None:
    assert "No run is running" in act(operator, "stop_run")
    act(operator, "start_run")
    assert "already running" in act(operator, "start_run")
    assert Run.objects.count() == 1


def test_the_actions_also_work_on_a_selection(operator: Client) -> None:
    act(operator, "start_run")
    operator.post(LIST, {"action": "stop_run", "index": "0", "_selected_action": [Run.objects.get().pk]})
    assert Run.objects.get().state == "stopped"


def test_a_viewer_sees_runs_and_controls_nothing(viewer: Client, operator: Client) -> None:
    act(operator, "start_run")
    page = viewer.get(LIST).content.decode()
    assert "0 of 1500" in page
    assert "start_run" not in page
    act(viewer, "stop_run")
    assert Run.objects.get().state == "running"


def test_a_run_shows_its_values_and_takes_no_others(superuser: Client) -> None:
    act(superuser, "start_run")
    run = Run.objects.get()
    page = superuser.get(f"{LIST}{run.pk}/change/").content.decode()
    assert "0 of 1500" in page
    assert f"/admin/invoices/invoice/?run={run.pk}" in page
    assert "5.0000" not in page
    assert superuser.post(f"{LIST}{run.pk}/change/", {"state": "completed"}).status_code == 403
    assert superuser.post(f"{LIST}{run.pk}/delete/", {"post": "yes"}).status_code == 403
    assert superuser.get(f"{LIST}add/").status_code == 403


def test_the_invoices_of_a_purged_run_are_shown_as_dropped(superuser: Client) -> None:
    act(superuser, "start_run")
    reset.reset("demo", purge=True)
    page = superuser.get(LIST).content.decode()
    assert "dropped" in page
    assert "?run=" not in page
