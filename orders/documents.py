"""The documents of an order in the store: read for a plan, and issued as planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db import transaction

from invoices.documents.issue import announce_all
from invoices.documents.read import load_documents
from invoices.documents.types import IssuedDocument, Kind
from invoices.intake import Offer, lock_for, take_in_unannounced
from invoices.issue import Issued as IssuedNumbers
from invoices.models import Invoice
from orders.models import Order, OrderDocument
from orders.terms import prefix_of
from orders.types import Issued, Planned
from stores.queries import StoreFacts


class DocumentRefused(ValueError):
    """A planned document cannot be issued; nothing of the plan was."""


def read_issued(order: Order) -> list[Issued]:
    """The documents of `order`, in the order of their issue."""
    rows = {row.invoice_id: row for row in OrderDocument.objects.filter(order=order).order_by("pk")}
    if not rows:
        return []
    found = load_documents(list(rows))
    names = {one.number: rows[one.id].external_id for one in found}
    return [_issued(one, rows[one.id], names) for one in found]


@transaction.atomic
def issue(
    order: Order, planned: Sequence[Planned], issued: Sequence[Issued], store: StoreFacts, *, announce: bool
) -> list[str]:
    """Issue `planned` for `order`, which has `issued`, all or nothing, and announce it last; returns the numbers.

    Raises `DocumentRefused`, and `NoSeries` where the store cannot number them.
    """
    if not planned:
        return []
    prefixes = {kind: prefix_of(store, kind) for kind in {one.document.kind for one in planned}}
    numbers = {one.external_id: one.number for one in issued}
    lock_for([Offer(document=one.document, prefix=prefixes[one.document.kind]) for one in planned])
    taken: list[IssuedNumbers] = []
    for wave in _waves(planned, set(numbers)):
        made, more = _take_in([_offer(one, prefixes[one.document.kind], numbers) for one in wave])
        numbers |= dict(zip((one.external_id for one in wave), made, strict=True))
        taken += more
    _link(order, planned, numbers)
    if announce:
        announce_all(taken)
    return [numbers[one.external_id] for one in planned]


def _take_in(offers: Sequence[Offer]) -> tuple[list[str], list[IssuedNumbers]]:
    """The numbers of all `offers`, and what is to be announced."""
    outcomes, issued = take_in_unannounced(offers)
    numbers = []
    for outcome in outcomes:
        if outcome.number is None:
            raise DocumentRefused(" ".join(f"{each.field}: {each.message}" for each in outcome.findings))
        numbers.append(outcome.number)
    return numbers, issued


def _waves(planned: Sequence[Planned], known: set[str]) -> Iterator[list[Planned]]:
    """A credit note is issued after its invoice, whose number it names."""
    waiting = list(planned)
    while waiting:
        wave = [one for one in waiting if not one.corrects or one.corrects in known]
        if not wave:
            raise LookupError(f"{waiting[0].external_id} corrects {waiting[0].corrects}, which is not issued.")
        known |= {one.external_id for one in wave}
        waiting = [one for one in waiting if one not in wave]
        yield wave


def _offer(planned: Planned, prefix: str, numbers: dict[str, str]) -> Offer:
    corrects = numbers[planned.corrects] if planned.corrects else None
    return Offer(document=replace(planned.document, corrects=corrects), prefix=prefix)


def _link(order: Order, planned: Sequence[Planned], numbers: dict[str, str]) -> None:
    ids = dict(Invoice.objects.filter(invoice_number__in=numbers.values()).values_list("invoice_number", "pk"))
    OrderDocument.objects.bulk_create(
        OrderDocument(
            invoice_id=ids[numbers[one.external_id]], order=order, external_id=one.external_id, digest=one.digest
        )
        for one in planned
    )


def _issued(one: IssuedDocument, row: OrderDocument, names: dict[str, str]) -> Issued:
    document = one.document
    return Issued(
        external_id=row.external_id, kind=Kind(document.kind), number=one.number, issued_at=document.issued_at,
        seller=document.seller, buyer=document.buyer, currency=document.currency, groups=one.vat_groups,
        rounding=document.rounding_amount, corrects=names.get(document.corrects or "", ""), digest=row.digest,
    )  # fmt: skip
