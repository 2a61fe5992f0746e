"""Entities of visits, advertising and support."""

from __future__ import annotations

from integrations.pipes.entities.types import Entity, Mode
from integrations.pipes.entities.values import day, moment, number, text, whole

SESSIONS = Entity(
    data_type="sessions",
    mode=Mode.MUTABLE,
    key=("session_id",),
    fields=(
        text("session_id", 100, required=True),
        text("customer_id", 100, refers_to="customers"),
        text("channel", 100),
        moment("started_at", required=True),
        moment("ended_at"),
        whole("page_views"),
        text("order_id", 100, refers_to="orders"),
    ),
)
MARKETING_SPEND = Entity(
    data_type="marketing_spend",
    mode=Mode.MUTABLE,
    key=("date", "channel", "campaign"),
    money=("amount", "currency"),
    fields=(
        day("date", required=True),
        text("channel", 100, required=True),
        text("campaign", 200),
        number("amount", required=True),
        text("currency", 3, required=True),
    ),
)
SUPPORT_TICKETS = Entity(
    data_type="support_tickets",
    mode=Mode.MUTABLE,
    key=("ticket_id",),
    fields=(
        text("ticket_id", 100, required=True),
        text("customer_id", 100, refers_to="customers"),
        moment("opened_at", required=True),
        moment("first_answer_at"),
        moment("closed_at"),
    ),
)
