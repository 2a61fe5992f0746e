"""The log and what could not be handled are in the admin; a dead event is retried there."""

from __future__ import annotations

import pytest
from django.test import Client

from events.letters import MOST_FAILURES
from events.models import Letter
from events.registry import Consumer
from tests.events.conftest import drain, put
from tests.events.handlers import FAILING

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_dead_event_is_shown_with_its_error_and_retried(consumer: Consumer, admin_client: Client) -> None:
    FAILING.add("order 18")
    put("order 18")
    drain(consumer)
    Letter.objects.update(failures=MOST_FAILURES, is_dead=True)
    page = admin_client.get("/admin/events/letter/").content.decode()
    assert "Refused: order 18 is refused" in page
    asked = {"action": "try_again", "_selected_action": [Letter.objects.get().pk]}
    admin_client.post("/admin/events/letter/", asked)
    assert not Letter.objects.get().is_dead
    again = admin_client.post("/admin/events/letter/", asked, follow=True).content.decode()
    assert "is not dead; it was handled, or is retried by itself" in again


def test_the_log_and_the_cursors_are_listed(consumer: Consumer, admin_client: Client) -> None:
    put("order 18")
    drain(consumer)
    assert "order 18" in admin_client.get("/admin/events/eventrow/").content.decode()
    assert "tests" in admin_client.get("/admin/events/cursor/").content.decode()
    assert admin_client.get("/admin/events/eventrow/add/").status_code == 403
