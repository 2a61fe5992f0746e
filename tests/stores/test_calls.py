"""The calls about accounts and stores."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from pytest_django import Settings

from jobs.models import Job
from stores.credentials import UnknownCredential, read_credential, write_credential
from stores.models import Store
from tests.stores.conftest import Two

SELLER = {"name": "Nord GmbH", "street": "Kai 1", "city": "Kiel", "postcode": "24103", "country": "DE"}


def call(two: Two, name: str, method: str, path: str, body: Any = None) -> Any:
    """The status and the JSON of an answer."""
    answer = two.call(name, method, f"/api{path}", None if body is None else json.dumps(body))
    return answer.status_code, answer.json() if answer.content else None


def test_the_account_has_its_role_plan_and_what_is_used(two: Two) -> None:
    limits = {"stores": {"limit": None, "used": 1}}
    wanted = {"slug": "nordwind", "name": "Nordwind", "plan": "pro", "role": "viewer", "limits": limits}
    assert call(two, "viewer", "GET", "/account") == (200, wanted)


def test_an_admin_renames_the_account_and_a_viewer_does_not(two: Two) -> None:
    assert call(two, "viewer", "PATCH", "/account", {"name": "X"})[0] == 403
    assert call(two, "mate", "PATCH", "/account", {"name": "Nordwind AG"})[1]["name"] == "Nordwind AG"


def test_a_user_without_an_account_gets_404(two: Two) -> None:
    assert call(two, "outsider", "GET", "/account")[0] == 404
    assert call(two, "outsider", "GET", "/stores") == (200, {"items": []})


@pytest.mark.parametrize("path", ["/account", "/account/members", "/stores"])
def test_an_account_of_others_does_not_exist(two: Two, path: str) -> None:
    real = call(two, "stranger", "GET", f"{path}?account=nordwind")
    assert real == call(two, "stranger", "GET", f"{path}?account=no-such-account")
    assert real[0] == 404


def test_a_visitor_of_an_open_desk_owns_the_default_account(two: Two, settings: Settings) -> None:
    settings.INVOICEDASH_OPEN = True
    status, account = call(two, "anonymous", "GET", "/account")
    assert (status, account["slug"], account["role"]) == (200, "main", "owner")
    assert [store["slug"] for store in call(two, "anonymous", "GET", "/stores")[1]["items"]] == ["main"]
    assert call(two, "anonymous", "GET", "/stores/nord-shop")[0] == 404


def test_a_store_is_opened_with_all_its_details(two: Two) -> None:
    body = {
        "name": "Südwind", "platform": "woocommerce", "currency": "EUR", "timezone": "Europe/Berlin", "seller": SELLER,
        "invoice_when": "fulfilled", "prefix": "SW",
    }  # fmt: skip
    status, store = call(two, "owner", "POST", "/stores", body)
    assert status == 201
    assert re.fullmatch(r"http://.+/in/woocommerce/[A-Za-z0-9_-]{43}/", store.pop("intake_url"))
    assert {name: value for name, value in store.pop("seller").items() if value} == SELLER
    assert store.pop("letterhead")["language"] == "en"
    assert store == {
        "slug": "sudwind", "name": "Südwind", "account": "nordwind", "platform": "woocommerce", "domain": "",
        "status": "connecting", "currency": "EUR", "timezone": "Europe/Berlin", "feed": "store-sudwind", "series": "SW",
        "invoice_when": "fulfilled", "is_demo": False, "health": "connecting",
    }  # fmt: skip
    assert call(two, "viewer", "GET", "/stores/sudwind")[0] == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "KWD"}, "currency"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"prefix": "NORD-SHOP"}, "prefix"),
        ({"name": " "}, "name"),
        ({"seller": {"name": "x", "nose": "long"}}, "seller.nose"),
        ({"slug": "mine"}, "slug"),
        ({"platform": "etsy"}, "platform"),
    ],
)
def test_a_bad_value_of_a_store_is_named(two: Two, changes: dict[str, Any], field: str) -> None:
    status, problem = call(two, "owner", "POST", "/stores", {"name": "Bad", "currency": "EUR", **changes})
    assert status == 422
    assert problem["errors"][0]["field"].endswith(field)


def test_a_viewer_opens_no_store(two: Two) -> None:
    assert call(two, "viewer", "POST", "/stores", {"name": "Mine", "currency": "EUR"})[0] == 403


def test_a_store_is_changed_and_keeps_what_is_left_out(two: Two) -> None:
    status, store = call(two, "mate", "PATCH", "/stores/nord-shop", {"timezone": "Europe/Berlin", "seller": SELLER})
    assert (status, store["timezone"], store["name"]) == (200, "Europe/Berlin", "Nord Shop")
    assert call(two, "mate", "PATCH", "/stores/nord-shop", {"currency": "USD"})[0] == 422
    assert call(two, "mate", "PATCH", "/stores/nord-shop", {"timezone": "Mars/Olympus"})[0] == 422


def test_a_store_is_paused_resumed_and_disconnected(two: Two) -> None:
    write_credential(two.store.pk, "consumer_key", "ck")
    moves = (("pause", "paused"), ("pause", "paused"), ("resume", "active"), ("disconnect", "disconnected"))
    for verb, status in moves:
        assert call(two, "mate", "POST", f"/stores/nord-shop/{verb}")[1]["status"] == status
    assert call(two, "mate", "POST", "/stores/nord-shop/resume")[0] == 409
    with pytest.raises(UnknownCredential):
        read_credential(two.store.pk, "consumer_key")


def test_a_store_that_is_being_connected_cannot_be_resumed(two: Two) -> None:
    Store.objects.filter(pk=two.store.pk).update(status="connecting")
    status, problem = call(two, "owner", "POST", "/stores/nord-shop/resume")
    assert (status, "connect" in problem["detail"]) == (409, True)


def test_a_store_that_was_never_connected_resumes_without_a_shop(two: Two) -> None:
    Store.objects.filter(pk=two.store.pk).update(status="connecting", platform="woocommerce")
    for verb, status in (("pause", "paused"), ("resume", "connecting")):
        assert call(two, "mate", "POST", f"/stores/nord-shop/{verb}")[1]["status"] == status


def test_an_erased_store_is_left_out_and_a_job_deletes_its_rows(two: Two) -> None:
    status, store = call(two, "mate", "DELETE", "/stores/nord-shop")
    assert (status, store["status"]) == (202, "erased")
    assert call(two, "mate", "GET", "/stores")[1]["items"] == []
    assert call(two, "mate", "DELETE", "/stores/nord-shop")[0] == 202
    assert call(two, "mate", "PATCH", "/stores/nord-shop", {"name": "Back"})[0] == 409
    [job] = Job.objects.filter(kind="erase-store")
    assert job.arguments == {"store": two.store.pk}


def test_the_default_store_is_not_removed(two: Two, settings: Settings) -> None:
    settings.INVOICEDASH_OPEN = True
    assert call(two, "anonymous", "DELETE", "/stores/main")[0] == 409
    assert call(two, "anonymous", "POST", "/stores/main/disconnect")[0] == 409


def test_a_repeated_request_with_its_key_opens_one_store(two: Two) -> None:
    body = json.dumps({"name": "Once", "currency": "EUR"})

    def post(text: str) -> Any:
        client = two.clients["owner"]
        headers = {"Idempotency-Key": "a-key"}
        return client.generic("POST", "/api/stores", text, content_type="application/json", headers=headers)

    first, second = post(body), post(body)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Store.objects.filter(name="Once").count() == 1
    assert post(json.dumps({"name": "Other", "currency": "EUR"})).status_code == 409
