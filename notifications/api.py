"""The API of the outbox: lists notifications, and retries dead ones."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from notifications import claims, queries
from notifications.access import RETRY, VIEW
from notifications.claims import NotDead, UnknownNotification
from notifications.outbox import WAKE_NAME
from notifications.serialize import present_notification
from runtime.waking import wake_after_commit
from web.paging import Limit, present_page
from web.permissions import requires
from web.schemas import Problem

router = Router(tags=["notifications"])
RESPONSES: dict[type[Exception], int] = {UnknownNotification: 404, NotDead: 409}
ERRORS = {frozenset({401, 403, 422, 503}): Problem}
State = Literal["queued", "sending", "sent", "dead"]
# PostgreSQL stores no larger number, so no notification has one.
LARGEST_ID = 2**63 - 1
Before = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", description="`next` of the previous page")]


class NotificationOut(Schema):
    """A message to one recipient. `reason` says why it is not delivered; a queued one is tried again at `next_at`."""

    id: int
    kind: Literal["email"]
    recipient: str
    subject: str
    state: State
    reason: str | None
    attempts: int
    size: int
    created_at: str
    next_at: str | None
    ended_at: str | None


class NotificationsOut(Schema):
    items: list[NotificationOut]
    next: str | None


@router.get("/notifications", response={200: NotificationsOut, **ERRORS}, auth=requires(VIEW))
def list_notifications(
    request: HttpRequest, state: State | None = None, limit: Limit = 50, cursor: Before | None = None
) -> Any:
    """The notifications, newest first; `state` selects those in that state."""
    found, following = queries.read_page(state, before=int(cursor) if cursor else None, limit=limit)
    return present_page([present_notification(each) for each in found], following)


@router.post(
    "/notifications/{int:notification_id}/retry",
    response={200: NotificationOut, frozenset({401, 403, 404, 409, 422, 503}): Problem},
    auth=requires(RETRY, advice="GET /api/notifications has the present state."),
)
def retry_notification(request: HttpRequest, notification_id: int) -> Any:
    """Have a dead notification delivered again, with all its attempts."""
    if notification_id > LARGEST_ID:
        raise UnknownNotification(f"There is no notification {notification_id}.")
    retried = claims.retry(notification_id)
    wake_after_commit(WAKE_NAME)
    return present_notification(retried)
