"""The pages of stores: who may see them, and the check of a seller's details that the connection uses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django import Settings

from stores.members.models import Membership
from tests.stores.conftest import Two

COMPLETE = {
    "name": "Nordwind GmbH", "street": "Hafenstr. 1", "postcode": "24103", "city": "Kiel", "country": "DE",
    "vat_id": "DE123456789",
}  # fmt: skip


def see(two: Two, name: str, path: str) -> str:
    answer = two.call(name, "GET", path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def lint(two: Two, seller: dict[str, Any]) -> list[tuple[str, str]]:
    answer = two.call("viewer", "POST", "/api/sellers/lint", json.dumps(seller))
    assert answer.status_code == 200
    return [(item["field"], item["rule"]) for item in answer.json()["items"]]


def test_complete_details_of_a_seller_lack_nothing(two: Two) -> None:
    assert lint(two, COMPLETE) == []


def test_the_details_that_a_profile_asks_for_are_named(two: Two) -> None:
    assert lint(two, COMPLETE | {"profile": "peppol"}) == [("seller.electronic_address", "PEPPOL-EN16931-R020")]
    fields = [field for field, _ in lint(two, COMPLETE | {"profile": "xrechnung", "city": ""})]
    assert fields == ["seller.city", "seller.contact.name", "seller.contact.phone", "seller.contact.email"]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("name", "BR-06"),
        ("country", "BR-09"),
        ("vat_id", "BR-S-02"),
        ("street", "2006/112/EC-226-5"),
        ("postcode", "2006/112/EC-226-5"),
        ("city", "2006/112/EC-226-5"),
    ],
)
def test_a_missing_detail_is_named_with_its_rule(two: Two, name: str, rule: str) -> None:
    assert lint(two, COMPLETE | {name: ""}) == [(f"seller.{name}", rule)]


def test_values_outside_of_the_code_lists_are_named(two: Two) -> None:
    address = {"scheme": "9999x", "value": "1"}
    found = lint(two, COMPLETE | {"country": "XX", "electronic_address": address})
    assert found == [("seller.country", "BR-CL-14"), ("seller.electronic_address.scheme", "BR-CL-25")]


def test_only_admins_are_offered_the_connection(two: Two) -> None:
    assert 'data-testid="connect-woocommerce"' in see(two, "mate", "/stores/connect/")
    assert "Only an admin or an owner" in see(two, "viewer", "/stores/connect/")


def test_the_connection_says_when_shops_cannot_reach_the_installation(two: Two, settings: Settings) -> None:
    settings.INTAKE_ALLOW_PRIVATE = False
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    page = see(two, "owner", "/stores/connect/")
    assert "cannot reach this installation" in page
    assert 'value="approve" disabled' in page
    settings.PUBLIC_URL = "https://desk.nordwind.de"
    page = see(two, "owner", "/stores/connect/")
    assert "cannot reach this installation" not in page
    assert 'value="approve" checked' in page


def test_a_store_of_another_account_is_not_found(two: Two) -> None:
    assert two.call("owner", "GET", "/stores/connect/?store=nord-shop").status_code == 200
    assert two.call("viewer", "GET", "/stores/connect/?store=nord-shop").status_code == 403
    for name in ("stranger", "outsider"):
        assert two.call(name, "GET", "/stores/connect/?store=nord-shop").status_code == 404


def test_the_last_owner_is_not_offered_to_leave(two: Two) -> None:
    page = see(two, "owner", "/account/")
    assert "the last owner cannot leave" in page
    assert 'data-remove="self"' not in page
    Membership.objects.filter(user__username="the mate").update(role="owner")
    page = see(two, "owner", "/account/")
    assert "the last owner cannot leave" not in page
    assert 'data-remove="self"' in page


def test_a_viewer_sees_the_members_and_may_only_leave(two: Two) -> None:
    page = see(two, "viewer", "/account/")
    assert page.count('data-testid="member-row"') == 3
    assert "data-role" not in page
    assert page.count("data-remove=") == 1
    assert "Invite by mail" not in page


def test_an_admin_is_not_offered_to_change_an_owner(two: Two) -> None:
    page = see(two, "mate", "/account/")
    assert page.count("data-role") == 2
    assert '<option value="owner"' not in page


def test_another_account_is_not_found(two: Two) -> None:
    assert two.call("stranger", "GET", "/account/?account=nordwind").status_code == 404
    assert "You are not a member of an account" in see(two, "outsider", "/account/")
