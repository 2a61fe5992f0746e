"""Every parser accepts any input or rejects it with its documented error, and never raises another one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import string
from decimal import Decimal
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.lockout import address_of
from accounts.origins import is_foreign
from dashboard.consumers import last_seq_of
from dashboard.sockets import is_ping
from invoices import money
from invoices.admin.changelist import parse_id
from runtime.environment import BadSetting, read
from streaming.connections import Connection
from streaming.feedstate import FeedState
from streaming.hub import Hub
from tests.system.fuzz import values
from web.strict_json import StrictParser

ANYTHING = st.one_of(st.sampled_from(values.TEXTS), st.text(st.characters(exclude_categories=()), max_size=60))
JSON_TEXTS = st.one_of(st.sampled_from((*values.RAW, *values.DEEP)), ANYTHING)
VARIABLES = (
    *("HOST", "PORT", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DEBUG"),
    *("CORS_ALLOWED_ORIGINS", "TRUSTED_PROXIES", "LOGIN_ATTEMPTS", "STOP_NOTICE", "WEB_SERVER", "INVOICEDASH_OPEN"),
    *("INVOICEDASH_HTTPS", "INVOICEDASH_FEED", "INVOICEDASH_CURRENCY", "INVOICEDASH_VAT_RATE", "GENERATION_RATE"),
    *("GENERATION_DURATION", "DISPLAY_RATE", "QUARANTINE_PER_FILE", "INVOICEDASH_DATA_DIR"),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=5))
NOTIFICATIONS = st.dictionaries(
    st.sampled_from(("type", "feed", "seq", "item", "cleared_seq", "last_seq")),
    st.one_of(
        st.sampled_from(("feed.shown", "feed.cleared", "feed.totals", "feed.status", "feed.rights", "demo", "live")),
        SCALARS,
        st.lists(SCALARS, max_size=2),
    ),
)


@given(ANYTHING)
def test_money(text: str) -> None:
    try:
        amount = money.parse(text)
    except money.BadMoney:
        return
    assert set(text) <= set(string.digits + ".")
    assert Decimal(0) <= amount < money.LIMIT
    assert amount == Decimal(text)


@given(st.sampled_from(VARIABLES), ANYTHING)
def test_the_environment(name: str, value: str) -> None:
    try:
        read({"INVOICEDASH_DATA_DIR": "/nonexistent", name: value})
    except BadSetting as refusal:
        text = str(refusal)
    else:
        return
    assert name in text or "GENERATION_" in text
    assert "\n" not in text


@given(JSON_TEXTS)
def test_the_body_of_a_call(text: str) -> None:
    request: Any = SimpleNamespace(body=text.encode("utf-8", "surrogatepass"))
    try:
        StrictParser().parse_body(request)
    except ValueError:
        return


@given(JSON_TEXTS)
def test_a_frame(text: str) -> None:
    is_one = is_ping(text)
    if is_one:
        assert json.loads(text)["type"] == "ping"


@given(st.lists(ANYTHING, min_size=1, max_size=3))
def test_where_a_screen_resumes(texts: list[str]) -> None:
    last_seq = last_seq_of({"last_seq": texts})
    assert last_seq == -1 or str(last_seq) == (texts[-1].lstrip("0") or "0")


@given(st.integers(-2, 2**65), st.one_of(st.none(), ANYTHING))
def test_what_a_hub_says_to_who_resumes(last_seq: int, epoch: str | None) -> None:
    state = FeedState("demo")
    state.epoch, state.last_seq, state.stats, state.status = "e", 5, "{}", "{}"
    hello = json.loads(state.hello(last_seq=last_seq, epoch=epoch))
    assert hello["reset"] is not (epoch == "e" and last_seq == 5)


@given(ANYTHING)
def test_a_page_of_the_admin(text: str) -> None:
    assert 0 <= parse_id(text) < 2**63


@given(ANYTHING, ANYTHING, ANYTHING)
def test_origin_and_host(origin: str, host: str, site: str) -> None:
    assert is_foreign({"origin": origin, "host": host, "sec-fetch-site": site}, is_navigation=False) in (True, False)


def test_the_address_of_a_visitor(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1")

    @given(ANYTHING)
    def check(text: str) -> None:
        request.META["HTTP_X_FORWARDED_FOR"] = text
        request.__dict__.pop("headers", None)
        assert address_of(request)

    check()


@given(st.lists(NOTIFICATIONS, max_size=4))
def test_notifications_from_redis_never_break_the_order_of_rows(messages: list[dict[str, Any]]) -> None:
    asyncio.run(_receive(messages))


async def _take(frame: str) -> None:
    """A screen that keeps up."""


async def _receive(messages: list[dict[str, Any]]) -> None:
    """After any messages, the frames that a screen gets are JSON, and their numbers rise by one."""
    hub = Hub()
    state = hub._states["demo"] = FeedState("demo")
    state.epoch, state.last_seq, state.stats, state.status = "e", 5, "{}", "{}"
    state.log.followers.add(Connection(send=_take, drop=lambda: None))
    for message in messages:
        if isinstance(message.get("item"), str):
            message["item"] = "{}"
        # As in Hub._listen: what cannot be understood is logged.
        with contextlib.suppress(Exception):
            hub._receive(message)
    frames = [json.loads(frame) for frame in state.log.frames]
    shown = [frame["seq"] for frame in frames if frame["type"] == "invoice"]
    assert shown == list(range(6, 6 + len(shown)))
    assert type(state.last_seq) is int
    assert json.loads(state.hello(last_seq=None, epoch=None))["last_seq"] == 5 + len(shown)


pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
