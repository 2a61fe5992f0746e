"""The API of replays: a replay shows a past window of stored invoices again on a feed of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status
from ninja.errors import ValidationError

from accounts.access import CONTROL, VIEW
from replays import operations
from replays.operations import NotReplaying, TooManyReplays, UnknownReplay
from replays.overview import read_replays, read_windows
from replays.schemas import ReplayIn, ReplayOut, ReplaysOut
from replays.serialize import BadMoment, parse_moment, present_replay
from streaming import feed as feeds
from streaming.schemas import FeedName
from web.outcomes import outcome_of
from web.permissions import requires
from web.schemas import Problem

router = Router(tags=["replays"])
RESPONSES: dict[type[Exception], int] = {NotReplaying: 409, TooManyReplays: 409, UnknownReplay: 404}
can_replay = requires(CONTROL, advice="GET /api/replays lists the replays.")
ERRORS = {frozenset({400, 401, 403, 409, 413, 422, 503}): Problem}


@router.post("/replays", response={201: ReplayOut, **ERRORS}, auth=can_replay, by_alias=True)
def start_replay(request: HttpRequest, body: ReplayIn) -> Any:
    """Start a replay: show the invoices dated in a window again on a new feed, at a multiple of their original speed."""
    try:
        replay = operations.start(
            source=body.feed,
            begins_at=_moment("from", body.begin),
            ends_at=_moment("to", body.end),
            speed=Decimal(repr(body.speed)),
        )
    except operations.BadReplay as refusal:
        raise _bad(refusal.field, str(refusal)) from refusal
    outcome_of(request).finish()
    return Status(201, present_replay(replay, replay.started_at))


@router.get(
    "/replays",
    response={200: ReplaysOut, frozenset({401, 403, 422, 503}): Problem},
    auth=requires(VIEW),
    by_alias=True,
)
def list_replays(request: HttpRequest) -> Any:
    """List the kept replays, newest first, and the last day of each feed, the window that most users ask for."""
    return {"items": read_replays(), "last_days": read_windows()}


@router.delete(
    "/replays/{feed}",
    response={204: None, frozenset({401, 403, 404, 422, 503}): Problem},
    auth=can_replay,
)
def remove_replay(request: HttpRequest, feed: FeedName) -> Any:
    """Stop a replay if it runs, and remove it and its feed from every answer. Its invoices stay unchanged."""
    if not feeds.is_visible(feed):
        raise UnknownReplay(feed)
    operations.remove(feed)
    return HttpResponse(status=204)


def _moment(field: str, text: str) -> Any:
    try:
        return parse_moment(text)
    except BadMoment as bad:
        raise _bad(field, str(bad)) from bad


def _bad(field: str, message: str) -> ValidationError:
    return ValidationError([{"loc": ["body", field], "msg": message}])
