"""The invoices that credit notes correct: how much is left per VAT rate, and whether a credit note fits the invoice."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import connection

from invoices.documents.amounts import Amounts, GroupKey
from invoices.documents.characters import normalize
from invoices.documents.credits import Left, as_rounded
from invoices.documents.details import read_party
from invoices.documents.types import Accept, Document, Kind, Party, default_category
from invoices.models import Series
from invoices.validation.finding import Finding

_FIND = """
SELECT i.id, i.invoice_number, i.kind, i.currency, i.total_amount, coalesce(c.credited_amount, 0), s.kind,
    coalesce(d.day, (i.invoice_date AT TIME ZONE 'UTC')::date), d.seller::text, d.buyer::text, i.seller_name, i.buyer_name,
    i.vat_rate, i.subtotal, i.vat_amount
FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id AND s.closed_at IS NULL
LEFT JOIN invoices_document d ON d.invoice_id = i.id
LEFT JOIN invoices_credit c ON c.invoice_id = i.id WHERE i.invoice_number = ANY(%s) AND i.run_id IS NULL
"""
_GROUPS = """
SELECT g.invoice_id, g.rate, g.category, g.net - coalesce(c.credited_net, 0), g.vat - coalesce(c.credited_vat, 0), g.roundings
FROM invoices_vatgroup g LEFT JOIN invoices_groupcredit c USING (invoice_id, rate, category)
WHERE g.invoice_id = ANY(%s)
"""


@dataclass(kw_only=True, slots=True)
class Corrected:
    """A document that something corrects, or may, and how much of it is left: in total, and per VAT rate and category."""

    id: int
    number: str
    kind: str
    currency: str
    total: Decimal
    day: date
    seller: Party
    buyer: Party
    series_kind: str = Series.Kind.INTERNAL
    credited: Decimal = Decimal(0)
    groups: dict[GroupKey, Left] = field(default_factory=dict)

    @property
    def left(self) -> Decimal:
        return self.total - self.credited

    def take(self, document: Document, amounts: Amounts) -> None:
        """Count on the credit note `document` being issued."""
        if document.currency != self.currency:
            return
        self.credited += amounts.total_amount
        for group in amounts.groups:
            if rest := self.groups.get((group.rate, group.category)):
                self.groups[group.rate, group.category] = rest.less(group)


def find_corrected(numbers: Collection[str]) -> dict[str, Corrected]:
    """The documents with these numbers that are not generated, by number; those that are not there are missing."""
    if not numbers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [list(numbers)])
        found = {row[0]: _corrected(*row) for row in cursor.fetchall()}
        cursor.execute(_GROUPS, [list(found)])
        for pk, *group in cursor.fetchall():
            left = Left(*group)
            found[pk].groups[left.rate, left.category] = left
    return {one.number: one for one in found.values()}


def name_as_issued(written: Collection[str | None]) -> dict[str, str]:
    """The numbers that credit notes mean, by how they are written: that number if it was issued, or else it in NFC."""
    numbers = {number for number in written if number is not None and not number.isascii()}
    issued = find_corrected(numbers)
    return {number: number if number in issued else normalize(number) for number in numbers}


def check_correction(
    document: Document, amounts: Amounts, day: date, series_kind: str, corrected: Corrected | None
) -> list[Finding]:
    """The reasons why the credit note `document`, dated `day`, cannot correct the invoice `corrected`; empty when it can."""
    if corrected is None or _side(series_kind) != _side(corrected.series_kind):
        message = f"No real invoice has the number {(document.corrects or '')[:60]!r}; give one that was issued."
        return [Finding(field="corrects", message=message)]
    if corrected.kind != Kind.INVOICE:
        message = f"{corrected.number} is a credit note, which nothing corrects; name the invoice."
        return [Finding(field="corrects", message=message)]
    is_accepted = Accept.CREDIT_DIFFERS in document.accepted
    differences = (
        [] if is_accepted and document.reason.strip() else list(_differences(document, amounts, day, corrected))
    )
    return differences or list(_beyond(document, amounts, corrected))


def _corrected(
    pk: int, number: str, kind: str, currency: str, total: Decimal, credited: Decimal, series_kind: str, day: date,
    seller: str | None, buyer: str | None, seller_name: str, buyer_name: str,
    rate: Decimal | None, subtotal: Decimal, vat: Decimal,
) -> Corrected:  # fmt: skip
    found = Corrected(
        id=pk, number=number, kind=kind, currency=currency, total=total, credited=credited, series_kind=series_kind,
        day=day, seller=_party(seller, seller_name), buyer=_party(buyer, buyer_name),
    )  # fmt: skip
    if seller is None and rate is not None:
        # It has no document, so no VAT groups: its row is its only group.
        category = default_category(rate)
        found.groups[rate, category] = Left(rate, category, subtotal, vat, 1)
    return found


def _differences(document: Document, amounts: Amounts, day: date, corrected: Corrected) -> Iterator[Finding]:
    """How the credit note is unlike its invoice, which the sender can accept."""
    number, how = corrected.number, 'or accept "credit-differs" and give a reason'

    def differs(name: str, message: str) -> Finding:
        return Finding(field=name, message=f"{message}, {how}.", rule=Accept.CREDIT_DIFFERS)

    if document.currency != corrected.currency:
        yield differs(
            "currency", f"{number} is in {corrected.currency}, the credit note in {document.currency}; use its currency"
        )
        return
    for role in ("seller", "buyer"):
        mine, theirs = getattr(document, role), getattr(corrected, role)
        if not _is_same(mine, theirs):
            yield differs(
                role, f"{number} has the {role} {theirs.name[:60]!r}, not {mine.name[:60]!r}; use the same one"
            )
    if day < corrected.day:
        yield differs("invoice_date", f"{day} is before {corrected.day}, the day of {number}; use a later date")
    for group in amounts.groups:
        if corrected.groups and (group.rate, group.category) not in corrected.groups:
            known = ", ".join(f"{_percent(rate)} {category}" for rate, category in sorted(corrected.groups))
            yield differs(
                "lines", f"{number} has VAT of {known}, not {_percent(group.rate)} {group.category}; use its rates"
            )


def _beyond(document: Document, amounts: Amounts, corrected: Corrected) -> Iterator[Finding]:
    """A finding for the total, or else for each VAT rate, that credits more than is left of the invoice."""
    if document.currency != corrected.currency:
        return
    if amounts.total_amount > corrected.left:
        message = (
            f"{amounts.total_amount} is more than the {corrected.left} that is left of {corrected.number} "
            f"({corrected.total}, {corrected.credited} credited); credit at most that."
        )
        yield Finding(field="corrects", message=message)
        return
    for group in amounts.groups:
        rest = corrected.groups.get((group.rate, group.category))
        why = rest and rest.why_not(as_rounded(group, corrected.groups))
        if why:
            message = (
                f"Of {corrected.number} at {_percent(group.rate)} {group.category}, {why}; change the credit note."
            )
            yield Finding(field="corrects", message=message)


def _side(series_kind: str) -> str:
    """Sales, test documents and purchases are corrected by their own kind alone."""
    return series_kind if series_kind in (Series.Kind.TEST, Series.Kind.PURCHASE) else "sales"


def _is_same(one: Party, other: Party) -> bool:
    """The same VAT number, or else the same name: addresses may have changed since. Erased parties are not compared."""
    if other.name == "erased":
        return True
    if one.vat_id and other.vat_id:
        return _folded(one.vat_id) == _folded(other.vat_id)
    return _folded(one.name) == _folded(other.name)


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _party(snapshot: str | None, name: str) -> Party:
    return Party(name=name) if snapshot is None else read_party({"name": name} | json.loads(snapshot))


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f} %"
