"""The documents of orders in the store: read for a plan, and issued as planned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from invoices.documents.issue import announce_all
from invoices.documents.read import load_documents
from invoices.documents.types import IssuedDocument, Kind
from invoices.intake import Offer, lock_for, take_in_unannounced
from invoices.issue import Issued as IssuedNumbers
from invoices.models import Invoice
from orders.models import OrderDocument
from orders.terms import prefix_of
from orders.types import Issued, Planned
from stores.queries import StoreFacts
from stores.rows import rows_of


class DocumentsRefused(ValueError):
    """Planned documents cannot be issued, and none was; `reasons` says why, by the id of the order."""

    def __init__(self, reasons: Mapping[int, str]) -> None:
        super().__init__(" ".join(reasons.values()))
        self.reasons = dict(reasons)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A document to issue for an order."""

    order_id: int
    planned: Planned

    @property
    def key(self) -> tuple[int, str]:
        return self.order_id, self.planned.external_id

    @property
    def invoice_key(self) -> tuple[int, str]:
        """The key of the invoice that it corrects."""
        return self.order_id, self.planned.corrects


def read_issued(store: StoreFacts, order_ids: Collection[int]) -> dict[int, list[Issued]]:
    """The documents of these orders by order, in the order of their issue."""
    found_rows = rows_of(OrderDocument, store.id).filter(order_id__in=order_ids).order_by("pk")
    rows = {row.invoice_id: row for row in found_rows}
    documents = load_documents(list(rows)) if rows else []
    names = {one.number: rows[one.id].external_id for one in documents}
    found: defaultdict[int, list[Issued]] = defaultdict(list)
    for one in documents:
        found[rows[one.id].order_id].append(_issued(one, rows[one.id], names))
    return found


@transaction.atomic
def issue(
    planned: Mapping[int, Sequence[Planned]],
    issued: Mapping[int, Sequence[Issued]],
    store: StoreFacts,
    *,
    announce: bool,
) -> dict[int, tuple[str, ...]]:
    """Issue the `planned` documents of each order, all or nothing, and announce them last; returns their numbers.

    `issued` are the documents that the orders have. Raises `DocumentsRefused`, and `NoSeries` where the store cannot
    number them.
    """
    wanted = [_Wanted(order_id, one) for order_id, several in planned.items() for one in several]
    if not wanted:
        return {}
    prefixes = {kind: prefix_of(store, kind) for kind in {one.planned.document.kind for one in wanted}}
    numbers = {(order_id, one.external_id): one.number for order_id, several in issued.items() for one in several}
    taken: list[IssuedNumbers] = []
    waves = list(_waves(wanted, set(numbers)))
    if len(waves) > 1:
        lock_for([_offer(one, prefixes, {}) for one in wanted])
    for wave in waves:
        made, more = _take_in(wave, [_offer(one, prefixes, numbers) for one in wave])
        numbers |= made
        taken += more
    _link(store, wanted, numbers)
    if announce:
        announce_all(taken)
    return {
        order_id: tuple(numbers[order_id, one.external_id] for one in several) for order_id, several in planned.items()
    }


def _waves(wanted: Sequence[_Wanted], known: set[tuple[int, str]]) -> Iterator[list[_Wanted]]:
    """A credit note is issued after its invoice, whose number it names."""
    waiting = list(wanted)
    while waiting:
        wave = [one for one in waiting if not one.planned.corrects or one.invoice_key in known]
        if not wave:
            raise LookupError(f"{waiting[0].key} corrects {waiting[0].planned.corrects}, which is not issued.")
        known |= {one.key for one in wave}
        waiting = [one for one in waiting if one.key not in known]
        yield wave


def _offer(one: _Wanted, prefixes: Mapping[Kind, str], numbers: Mapping[tuple[int, str], str]) -> Offer:
    document = replace(one.planned.document, corrects=numbers.get(one.invoice_key))
    return Offer(document=document, prefix=prefixes[document.kind])


def _take_in(
    wave: Sequence[_Wanted], offers: Sequence[Offer]
) -> tuple[dict[tuple[int, str], str], list[IssuedNumbers]]:
    """The numbers of all `offers`, and what is to be announced."""
    outcomes, issued = take_in_unannounced(offers)
    reasons = {
        one.order_id: " ".join(f"{each.field}: {each.message}" for each in outcome.findings)
        for one, outcome in zip(wave, outcomes, strict=True)
        if outcome.number is None
    }
    if reasons:
        raise DocumentsRefused(reasons)
    return {one.key: str(outcome.number) for one, outcome in zip(wave, outcomes, strict=True)}, issued


def _link(store: StoreFacts, wanted: Sequence[_Wanted], numbers: Mapping[tuple[int, str], str]) -> None:
    rows = Invoice.objects.filter(invoice_number__in=[numbers[one.key] for one in wanted])
    ids = dict(rows.values_list("invoice_number", "pk"))
    rows_of(OrderDocument, store.id).bulk_create(
        OrderDocument(
            invoice_id=ids[numbers[one.key]],
            order_id=one.order_id,
            external_id=one.planned.external_id,
            digest=one.planned.digest,
        )
        for one in wanted
    )


def _issued(one: IssuedDocument, row: OrderDocument, names: Mapping[str, str]) -> Issued:
    document = one.document
    return Issued(
        external_id=row.external_id, kind=Kind(document.kind), number=one.number, issued_at=document.issued_at,
        seller=document.seller, buyer=document.buyer, currency=document.currency, groups=one.vat_groups,
        rounding=document.rounding_amount, corrects=names.get(document.corrects or "", ""), digest=row.digest,
    )  # fmt: skip
