"""Series in the admin: opened and changed by the rules of the API, shown with the next number and gaps."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from invoices.models import Series
from tests.dashboard.admin.conftest import SignIn
from tests.invoices.documents.samples import document, issue_one

pytestmark = pytest.mark.django_db
ADD = "/admin/invoices/series/add/"
WANTED = {
    "prefix": "RE", "kind": "internal", "document": "invoice", "feed": "live", "pattern": "RE{year}-{n:04}", "start": "1043",
    "timezone": "Europe/Berlin",
}  # fmt: skip


def page_of(series: Series) -> str:
    return f"/admin/invoices/series/{series.pk}/change/"


def errors_of(answer: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = answer.context["adminform"].form.errors
    return found


def test_a_series_is_opened_and_listed_with_its_next_number(superuser: Client) -> None:
    assert superuser.post(ADD, WANTED).status_code == 302
    series = Series.objects.get(prefix="RE")
    assert (series.start, series.timezone) == (1043, "Europe/Berlin")
    assert "-1043" in superuser.get("/admin/invoices/series/").content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"pattern": "RE"}, "pattern"), ({"timezone": "Mars/Base"}, "timezone"), ({"feed": "demo"}, "feed")],
)
def test_a_bad_value_is_named_at_its_field(superuser: Client, changes: dict[str, str], field: str) -> None:
    answer = superuser.post(ADD, WANTED | changes)
    assert field in errors_of(answer)
    assert not Series.objects.filter(prefix="RE").exists()


def test_a_prefix_is_opened_once(superuser: Client) -> None:
    answer = superuser.post(ADD, WANTED | {"prefix": "INV"})
    assert "already" in str(errors_of(answer))


def test_a_time_zone_is_changed_and_a_pattern_stays_once_something_was_issued(superuser: Client) -> None:
    issue_one(document())
    series = Series.objects.get(prefix="INV")
    same = {"pattern": "", "start": "1", "timezone": "Europe/Berlin"}
    assert superuser.post(page_of(series), same).status_code == 302
    answer = superuser.post(page_of(series), same | {"start": "7"})
    assert "stay" in str(errors_of(answer))
    series.refresh_from_db()
    assert (series.timezone, series.start) == ("Europe/Berlin", 1)


def test_who_may_only_look_changes_nothing(sign_in: SignIn) -> None:
    viewer = sign_in("viewer")
    assert viewer.post(ADD, WANTED).status_code == 403
    assert not Series.objects.filter(prefix="RE").exists()
