"""The index of the admin groups the models by the work they belong to."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_models_are_grouped_by_work(superuser: Client) -> None:
    page = superuser.get("/admin/").content.decode()
    assert re.findall(r"<caption>(\w+)</caption>", page) == ["Sales", "Stores", "Data", "Operations", "People"]
    sales, rest = page.split("<caption>Data</caption>")
    data = rest.split("<caption>Operations</caption>")[0]
    assert all(f"/admin/{path}/" in data for path in ("metrics/rate", "facts/audit", "facts/restatement"))
    assert "/admin/invoices/invoice/" in sales
    assert all(f"/admin/{path}/" in rest for path in ("imports/sourcefile", "quality/quarantined", "auth/user"))


def test_the_page_of_one_app_lists_its_models(superuser: Client) -> None:
    page = superuser.get("/admin/streaming/").content.decode()
    assert "/admin/streaming/cursor/" in page
    assert superuser.get("/admin/nothing/").status_code == 404
