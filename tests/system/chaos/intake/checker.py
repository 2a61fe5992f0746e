"""Compares a store with its shop: each webhook that was answered 200 is kept once, each order has its documents once.

It uses none of the product's code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.system.chaos.checker import Violation
from tests.system.chaos.intake.record import ShopRecord

ZERO = Decimal(0)
# The states of orders by the status that the shop shows.
STATES = {
    "pending": "placed", "on-hold": "placed", "checkout-draft": "placed", "processing": "open", "completed": "completed",
    "refunded": "completed", "cancelled": "cancelled", "failed": "rejected",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class KeptOrder:
    """An order of the store. `documents` are kind, external id and total; `missing` is what the plan still issues."""

    external_id: str
    state: str
    total: Decimal
    refunded: Decimal
    difference: Decimal
    documents: tuple[tuple[str, str, Decimal], ...] = ()
    missing: int = 0

    @property
    def net(self) -> Decimal:
        """What was invoiced less what was credited."""
        return sum((amount if kind == "invoice" else -amount for kind, _, amount in self.documents), ZERO)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a store contains. `deliveries` are topic, body and state; the topic has the event where the shop names it."""

    name: str
    orders: list[KeptOrder] = field(default_factory=list)
    deliveries: list[tuple[str, bytes, str]] = field(default_factory=list)


def check(kept: Kept, shop: ShopRecord) -> Iterator[Violation]:
    """All differences between a store and its shop."""
    yield from _check_deliveries(kept, shop)
    stored = {order.external_id: order for order in kept.orders}
    for order in shop.orders:
        name = str(order["id"])
        if (found := stored.pop(name, None)) is None:
            yield _lost(f"{kept.name}: order {name} of the shop is missing")
        else:
            who = f"{kept.name}, order {name}"
            yield from _check_order(who, found, order, shop)
            yield from _check_edits(who, found, shop.edits[name])
    for name in stored:
        yield Violation(kind="wrong", invariant="I15", text=f"{kept.name}: the shop has no order {name}")


def named(topic: str, event: str) -> str:
    """The topic of a webhook, with its event where the shop says it."""
    return f"{topic} {event}".rstrip()


def check_audit(report: dict[str, Any]) -> Iterator[Violation]:
    """The product's own audit is right."""
    if not report["ok"]:
        yield Violation(kind="wrong", invariant="I12", text=f"the audit differs: {report}"[:2000])


def check_count(documents: int, of_orders: int) -> Iterator[Violation]:
    """No document belongs to no order."""
    if documents != of_orders:
        text = f"{documents} documents were issued, and the orders have {of_orders}"
        yield Violation(kind="doubled" if documents > of_orders else "lost", invariant="I11", text=text)


def _check_deliveries(kept: Kept, shop: ShopRecord) -> Iterator[Violation]:
    rows = Counter((topic, body) for topic, body, _ in kept.deliveries)
    sent = {(named(posted.topic, posted.event), posted.body) for posted in shop.posted}
    answered = {(named(posted.topic, posted.event), posted.body) for posted in shop.posted if posted.status == 200}
    if missing := answered - rows.keys():
        yield _lost(f"{kept.name}: {len(missing)} webhooks were answered 200 and are not kept: {_names(missing)}")
    if again := {key for key, count in rows.items() if count > 1}:
        text = f"{kept.name}: {len(again)} webhooks are kept more than once: {_names(again)}"
        yield Violation(kind="doubled", invariant="I11", text=text)
    if strange := rows.keys() - sent:
        text = f"{kept.name}: {len(strange)} webhooks were not sent by its shop: {_names(strange)}"
        yield Violation(kind="wrong", invariant="I15", text=text)
    if waiting := [topic for topic, _, state in kept.deliveries if state == "new"]:
        yield _lost(f"{kept.name}: {len(waiting)} webhooks still wait")


def _check_order(who: str, found: KeptOrder, order: dict[str, Any], shop: ShopRecord) -> Iterator[Violation]:
    refunds = shop.refunds[found.external_id]
    total, refunded = Decimal(order["total"]), sum((Decimal(each["amount"]) for each in refunds), ZERO)
    if (found.total, found.refunded) != (total, refunded):
        text = f"{who}: {found.total} less {found.refunded} is kept, the shop has {total} less {refunded}"
        yield _lost(text)
    if found.state != STATES[order["status"]]:
        yield _lost(f"{who}: it is kept as {found.state}, the shop has it as {order['status']}")
    if found.difference:
        yield Violation(kind="wrong", invariant="I11", text=f"{who}: the account differs by {found.difference}")
    owed = shop.owed.get(found.external_id, total - refunded if order.get("date_paid") else ZERO)
    if found.net != owed:
        text = f"{who}: {found.net} is invoiced less credited, {owed} is right"
        yield Violation(kind="doubled" if abs(found.net) > owed else "lost", invariant="I11", text=text)
    yield from _check_refunds(who, found, [str(each["id"]) for each in refunds if each.get("is_credited", True)])
    if found.missing:
        yield _lost(f"{who}: {found.missing} planned documents are missing")


def _check_refunds(who: str, found: KeptOrder, refunds: Sequence[str]) -> Iterator[Violation]:
    names = [name for kind, name, _ in found.documents if kind == "credit_note" and name.startswith("refund:")]
    if len(names) > len(refunds):
        text = f"{who}: {len(refunds)} refunds are credited by {', '.join(names)}"
        yield Violation(kind="doubled", invariant="I11", text=text)
    if missing := [one for one in refunds if f"refund:{one}" not in names]:
        yield _lost(f"{who}: refund {', '.join(missing)} is not credited")


def _check_edits(who: str, found: KeptOrder, edit_count: int) -> Iterator[Violation]:
    """Only an edit replaces an invoice, and at most once."""
    replaced_count = sum(kind == "invoice" for kind, _, _ in found.documents) - 1
    if replaced_count > edit_count:
        names = ", ".join(name for _, name, _ in found.documents)
        text = f"{who}: the invoice was replaced {replaced_count} times after {edit_count} edits: {names}"
        yield Violation(kind="doubled", invariant="I11", text=text)


def _lost(text: str) -> Violation:
    return Violation(kind="lost", invariant="I11", text=text)


def _names(keys: set[tuple[str, bytes]]) -> str:
    """The first ones, short."""
    return "; ".join(f"{topic} {body[:20].decode(errors='replace')}" for topic, body in sorted(keys)[:3])
