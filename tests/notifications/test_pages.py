"""The outbox is read by administrators: as a list, message by message, and by the API; dead messages are retried."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from events.types import Event
from notifications import claims, consumers, retention
from notifications.metrics import read_metrics
from notifications.models import Notification
from notifications.sending import send_next
from notifications.transports import files
from runtime.clock import ClockTimestamp
from tests.accounts.conftest import Visit, closed, visit
from tests.dashboard.api.caller import Caller
from tests.dashboard.api.conftest import api, stranger
from tests.notifications.conftest import mail

__all__ = ["api", "closed", "stranger", "visit"]

pytestmark = pytest.mark.django_db


def bury(subject: str = "Hello") -> Notification:
    sent = mail(subject=subject)
    claimed = claims.claim_next()
    assert claimed is not None
    claims.bury(claimed, "550 no such user")
    return Notification.objects.get(pk=sent.pk)


def test_the_list_shows_each_message_with_its_state_and_reason(api: Caller) -> None:
    bury("First")
    mail(subject="<b>Second</b>")
    page = api.client.get("/system/mail/").content.decode()
    assert page.index("&lt;b&gt;Second&lt;/b&gt;") < page.index("First")
    assert "550 no such user" in page
    assert page.count('data-testid="mail-row"') == 2
    assert "Dead (1)" in page
    dead = api.client.get("/system/mail/?state=dead").content.decode()
    assert "First" in dead
    assert "Second" not in dead


def test_the_list_says_when_it_is_empty_and_whether_there_is_a_mail_server(api: Caller) -> None:
    page = api.client.get("/system/mail/").content.decode()
    assert "No message was sent yet." in page
    assert "No mail server is configured" in page
    assert "No message is dead." in api.client.get("/system/mail/?state=dead").content.decode()


@pytest.mark.parametrize("query", ["state=lost", "before=x", "before=-1", "before=%D9%A3", f"before={'9' * 19}"])
def test_a_list_that_cannot_be_is_not_found(api: Caller, query: str) -> None:
    assert api.client.get(f"/system/mail/?{query}").status_code == 404


def test_older_messages_are_on_the_next_page(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.views.PAGE_ROWS", 2)
    ids = [mail().pk for _ in range(3)]
    first = api.client.get("/system/mail/?state=queued").content.decode()
    assert f"/system/mail/{ids[0]}/" not in first
    assert f"?state=queued&amp;before={ids[1]}" in first
    assert f"/system/mail/{ids[0]}/" in api.client.get(f"/system/mail/?before={ids[1]}").content.decode()


def test_a_message_is_readable_before_and_after_it_is_kept_as_a_file(api: Caller) -> None:
    sent = mail(body="Follow <this> link.\n")
    for _ in range(2):
        assert "Follow &lt;this&gt; link." in api.client.get(f"/system/mail/{sent.pk}/").content.decode()
        send_next()
    files.path_of(sent.pk).unlink()
    assert "deleted after the delivery" in api.client.get(f"/system/mail/{sent.pk}/").content.decode()
    assert api.client.get("/system/mail/999999/").status_code == 404
    assert api.client.get(f"/system/mail/{'9' * 30}/").status_code == 404


def test_the_plain_text_of_a_message_in_two_forms_is_shown(api: Caller) -> None:
    message = EmailMultiAlternatives("Hello", "The plain form.", None, ["ann@example.com"])
    message.attach_alternative("<p>The other form.</p>", "text/html")
    message.send()
    page = api.client.get(f"/system/mail/{Notification.objects.get().pk}/").content.decode()
    assert "The plain form." in page
    assert "The other form." not in page


def test_only_administrators_may_read_and_retry(closed: None, visit: Visit) -> None:
    dead = bury()
    for role in ("viewer", "operator"):
        client = visit(role)
        for path in ("/system/mail/", f"/system/mail/{dead.pk}/", "/api/notifications"):
            assert client.get(path).status_code == 403, (role, path)
        assert "/system/mail/" not in client.get("/system/").content.decode()
    page = visit("admin").get("/system/mail/").content.decode()
    assert f'data-retry="{dead.pk}"' in page


def test_the_api_lists_notifications_by_state(api: Caller) -> None:
    dead, queued = bury(), mail()
    [item] = api.get("/notifications", state="dead")["items"]
    assert (item["id"], item["kind"], item["state"], item["reason"]) == (dead.pk, "email", "dead", "550 no such user")
    assert (item["recipient"], item["next_at"]) == ("ann@example.com", None)
    first = api.get("/notifications", limit=1)
    assert ([each["id"] for each in first["items"]], first["next"]) == ([queued.pk], str(queued.pk))
    rest = api.get("/notifications", limit=1, cursor=first["next"])
    assert ([each["id"] for each in rest["items"]], rest["next"]) == ([dead.pk], None)
    api.refusal(422, "GET", "/notifications", state="lost")
    api.refusal(422, "GET", "/notifications", cursor="x")


def test_the_api_retries_a_dead_notification_once(api: Caller) -> None:
    dead = bury()
    assert api.post(f"/notifications/{dead.pk}/retry")["state"] == "queued"
    assert "only a dead one" in api.refusal(409, "POST", f"/notifications/{dead.pk}/retry")["detail"]
    api.refusal(404, "POST", "/notifications/999999/retry")
    api.refusal(404, "POST", f"/notifications/{2**63}/retry")
    send_next()
    assert Notification.objects.get().state == "sent"


def test_the_admin_lists_and_retries_messages_without_their_texts(admin_client: Client) -> None:
    dead = bury()
    assert b"ann@example.com" in admin_client.get("/admin/notifications/notification/").content
    assert b"Text." not in admin_client.get(f"/admin/notifications/notification/{dead.pk}/change/").content
    asked = {"action": "try_again", "_selected_action": [dead.pk]}
    admin_client.post("/admin/notifications/notification/", asked)
    assert Notification.objects.get().state == "queued"


def test_metrics_count_what_is_not_delivered() -> None:
    bury()
    mail()
    found = {sample.labels.get("state"): sample.value for family in read_metrics() for sample in family.samples}
    assert (found["queued"], found["sending"], found["dead"]) == (1, 0, 1)


def test_old_and_surplus_messages_are_deleted_with_their_files(monkeypatch: pytest.MonkeyPatch) -> None:
    old, newer, newest = mail(), mail(), mail()
    while send_next():
        pass
    Notification.objects.filter(pk=old.pk).update(ended_at=ClockTimestamp() - timedelta(days=31))
    waiting = mail()
    retention.delete_old()
    assert left() == [newer.pk, newest.pk, waiting.pk]
    assert sorted(files.directory().iterdir()) == [files.path_of(newer.pk), files.path_of(newest.pk)]
    monkeypatch.setitem(retention.KEPT, "sent", (30, 1))
    retention.delete_old()
    assert left() == [newest.pk, waiting.pk]
    claimed = claims.claim_next()
    assert claimed is not None
    claims.bury(claimed, "550 no such user")
    Notification.objects.filter(pk=waiting.pk).update(ended_at=ClockTimestamp() - timedelta(days=91))
    retention.delete_old()
    assert left() == [newest.pk]


def left() -> list[int]:
    return list(Notification.objects.order_by("id").values_list("pk", flat=True))


def finished(**changes: Any) -> Event:
    counts = {"read": 9, "documents": 1234, "credit_notes": 2, "duplicates": 3, "quarantined": {"a": 4, "b": 5}}
    payload = {"name": "november.csv", "created_by": "ann", "seconds": 90, "counts": counts | {"set_aside": {}}}
    return Event(
        id=1, topic="import.finished", key="1", type="finished", payload=payload | changes,
        created_at=ClockTimestamp(),  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_user_is_mailed_the_result_of_a_long_import() -> None:
    User.objects.create_user("ann", email="ann@example.com")
    consumers.mail_import_finished(finished(name="nov\nember.csv"))
    sent = Notification.objects.get()
    assert (sent.recipient, sent.subject) == ("ann@example.com", "Import finished: nov ember.csv")
    assert b"1,234 documents issued, 2 of them credit notes" in bytes(sent.content)
    assert b"9 in quarantine" in bytes(sent.content)


@pytest.mark.parametrize("changes", [{"seconds": 59}, {"created_by": ""}, {"created_by": "bob"}, {"created_by": "eve"}])
def test_no_mail_without_a_wait_or_an_address(changes: dict[str, Any], settings: Settings) -> None:
    User.objects.create_user("ann", email="ann@example.com")
    User.objects.create_user("bob")
    User.objects.create_user("eve", email="eve@example.com", is_active=False)
    consumers.mail_import_finished(finished(**changes))
    assert not Notification.objects.exists()
