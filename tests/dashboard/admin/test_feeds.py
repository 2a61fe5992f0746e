"""Series, totals and feeds in the admin: only the pace of a feed can be changed, and only with the right to control."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from invoices.issue import Issued
from invoices.models import Totals
from streaming.feed import skip_queued
from streaming.models import Cursor

CURSOR = "/admin/streaming/cursor/demo/change/"

pytestmark = pytest.mark.django_db


def test_an_operator_sets_mode_and_rate(operator: Client) -> None:
    assert 'value="2"' in operator.get(CURSOR).content.decode()
    operator.post(CURSOR, {"mode": "latest", "rate_per_second": "0.5"})
    cursor = Cursor.objects.get(feed="demo")
    assert (cursor.mode, cursor.rate_per_second) == ("latest", Decimal("0.5"))


def test_what_is_left_as_it_was_is_not_set(operator: Client) -> None:
    operator.post(CURSOR, {"mode": "latest", "rate_per_second": "2"})
    cursor = Cursor.objects.get(feed="demo")
    assert (cursor.mode, cursor.rate_per_second) == ("latest", None)


@pytest.mark.parametrize("rate", ["0", "0.09", "1000.1", "NaN", "Infinity", "fast", "", "1e400", "-1"])
def test_a_bad_rate_is_refused_on_the_form(operator: Client, rate: str) -> None:
    answer = operator.post(CURSOR, {"mode": "every", "rate_per_second": rate})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert Cursor.objects.get(feed="demo").rate_per_second is None


def test_the_counters_are_not_the_forms_to_write(operator: Client, store: Issued) -> None:
    form = {"mode": "every", "rate_per_second": "3", "position": "5", "last_seq": "5", "skipped_count": "0"}
    operator.post(CURSOR, form)
    cursor = Cursor.objects.get(feed="demo")
    assert (cursor.position, cursor.last_seq, cursor.rate_per_second) == (0, 0, Decimal(3))


def test_a_viewer_sees_the_pace_and_cannot_change_it(viewer: Client) -> None:
    page = viewer.get(CURSOR).content.decode()
    assert "every" in page.lower()
    assert 'name="_save"' not in page
    assert viewer.post(CURSOR, {"mode": "latest", "rate_per_second": "9"}).status_code == 403


def test_the_cursor_list_shows_announced_shown_skipped_and_queued(viewer: Client, store: Issued) -> None:
    page = viewer.get("/admin/streaming/cursor/").content.decode()
    assert '<td class="field-queued">5</td>' in page
    assert '<td class="field-announced">5</td>' in page


@pytest.mark.parametrize("path", ["invoices/totals", "streaming/feed", "streaming/skip"])
def test_the_rest_is_looked_at_only(superuser: Client, store: Issued, path: str) -> None:
    skip_queued("demo")
    assert superuser.get(f"/admin/{path}/").status_code == 200
    assert superuser.get(f"/admin/{path}/add/").status_code == 403
    pk = {"streaming/feed": "demo"}.get(path, "1")
    assert superuser.post(f"/admin/{path}/{pk}/delete/", {"post": "yes"}).status_code in (302, 403)


def test_totals_cannot_be_written_past_the_triggers(superuser: Client, store: Issued) -> None:
    totals = Totals.objects.get(currency="SAR")
    answer = superuser.post(f"/admin/invoices/totals/{totals.pk}/change/", {"invoice_count": "7"})
    assert answer.status_code == 403
    assert Totals.objects.get(currency="SAR").invoice_count == 3


def test_the_first_page_shows_both_feeds_live_to_who_may_view(viewer: Client, store: Issued) -> None:
    page = viewer.get("/admin/").content.decode()
    assert 'class="state is-draining">draining</span>' in page
    assert "/?feed=live" in page
    assert "/admin/streaming/cursor/demo/change/" in page


def test_staff_without_rights_see_no_live_state(viewer: Client, store: Issued) -> None:
    Group.objects.get(name="viewer").permissions.clear()
    page = viewer.get("/admin/")
    assert page.status_code == 200
    assert "live-state" not in page.content.decode()


def test_an_address_that_names_no_field_is_a_bad_request(superuser: Client) -> None:
    assert superuser.get("/admin/streaming/cursor/demo/change/?_to_field=").status_code == 400
    assert superuser.get("/admin/streaming/cursor/demo/change/").status_code == 200
