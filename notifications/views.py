"""The pages of the outbox: the list of messages, and one message with its text."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.access import allows, page_requires
from notifications import queries
from notifications.access import RETRY, VIEW
from notifications.models import Notification
from notifications.serialize import present_notification

PAGE_ROWS = 50
STATES = tuple(Notification.State.values)


@require_safe
@never_cache
@page_requires(VIEW)
@ensure_csrf_cookie
def show_mail(request: HttpRequest) -> HttpResponse:
    """The newest messages; `?state=` selects, `?before=` is the next page."""
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    if state not in ("", *STATES) or not (before == "" or (before.isascii() and before.isdigit() and len(before) < 19)):
        raise Http404("state is one of queued, sending, sent, dead, and before is a number")
    found, following = queries.read_page(state or None, before=int(before) if before else None, limit=PAGE_ROWS)
    counts = queries.read_counts()
    return render(request, "notifications/mail.html", {
        "messages_shown": [present_notification(each) for each in found],
        "next": following,
        "state": state,
        "states": [{"name": name, "count": counts.get(name, (None,))[0]} for name in STATES],
        "may_retry": allows(request, RETRY),
        "server": settings.EMAIL_SERVER,
    })  # fmt: skip


@require_safe
@never_cache
@page_requires(VIEW)
@ensure_csrf_cookie
def show_message(request: HttpRequest, notification_id: int) -> HttpResponse:
    """One message, with its text while it is kept."""
    found = Notification.objects.filter(pk=notification_id).first()
    if found is None:
        raise Http404(f"There is no notification {notification_id}.")
    return render(request, "notifications/message.html", {
        "message_shown": present_notification(found),
        "text": queries.read_text(found),
        "may_retry": allows(request, RETRY),
    })  # fmt: skip
