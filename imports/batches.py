"""Imports a batch of documents: reads it, then issues, recognizes or rejects each document in one transaction.

Issued documents never change. A document whose number exists is compared with the issued one: an equal document is a
duplicate, a different one is kept in quarantine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import connection, transaction

from imports.purchases import as_bill, ensure_credit_series, is_bill, is_of_purchases
from imports.reading.groups import Group
from imports.reading.options import E_INVOICES, Options
from imports.reading.source import understand
from invoices import intake
from invoices.documents.amounts import amounts_of, with_vat
from invoices.documents.characters import normalize, normalize_document
from invoices.documents.gross import settle
from invoices.documents.read import read_documents
from invoices.documents.types import Document, Kind
from invoices.intake import Offer
from invoices.validation.finding import Finding
from quality.quarantine import digest
from quality.rules import RULES, Broken

CREDIT_SUFFIX = "-CN"


@dataclass(frozen=True, slots=True)
class Item:
    """A document with the rows it was made of."""

    group: Group
    document: Document
    # The series of documents with a number of their own.
    prefix: str


@dataclass(slots=True)
class Batch:
    """The documents of some groups, and what became of them: each group ends in one of the lists."""

    items: list[Item] = field(default_factory=list)
    issued: list[Item] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    duplicates: list[Item] = field(default_factory=list)
    broken: list[tuple[Group, Broken]] = field(default_factory=list)


def read(groups: Iterable[Group], header: Sequence[str], options: Options, now: datetime) -> Batch:
    """Read the documents of `groups`; needs no transaction."""
    batch, has_bills = Batch(), is_of_purchases(options.series)
    for one in groups:
        try:
            document = _identified(understand(one, header, options, now), one)
            document = as_bill(document) if has_bills else document
            batch.items.append(Item(one, document, prefix_of(document.kind, options)))
        except Broken as error:
            batch.broken.append((one, error))
    return batch


@transaction.atomic
def take_in(batch: Batch, options: Options) -> None:
    """Issue what can be issued of a batch that was read; raises `WrongSeries`, and nothing that the rows are to blame for."""
    items = _sort_out(_with_corrected(batch.items, options), options, batch)
    offers = [_offer(item) for item in items]
    if any(is_bill(offer.document) and offer.document.kind == Kind.CREDIT_NOTE for offer in offers):
        ensure_credit_series(options.series, options.series + CREDIT_SUFFIX)
    for prefix, kind, has_number in {_series_of(offer) for offer in offers}:
        intake.series_for(prefix, kind, needs_number=not has_number)
    for item, outcome in zip(items, intake.take_in(offers, announce=options.announce), strict=True):
        if outcome.number is None:
            batch.broken.append((item.group, _refused(outcome.findings)))
        else:
            batch.issued.append(item)
            batch.numbers.append(outcome.number)


def _refused(findings: Sequence[Finding]) -> Broken:
    """By the rule of the first finding, where a person can accept what breaks it."""
    rule = findings[0].rule if findings and findings[0].rule in RULES else "refused"
    return Broken(rule, " ".join(f"{each.field}: {each.message}" for each in findings))


def _series_of(offer: Offer) -> tuple[str | None, Kind, bool]:
    return offer.prefix, offer.document.kind, offer.document.number is not None


def _offer(item: Item) -> Offer:
    has_series = item.document.number is not None or is_bill(item.document)
    prefix = item.prefix if has_series else None
    return Offer(document=item.document, prefix=prefix, is_linted=True)


def number_of(document: Document, options: Options) -> str:
    """The number that a document with a number of its source has here."""
    return f"{prefix_of(document.kind, options)}-{document.number}"


def prefix_of(kind: Kind, options: Options) -> str:
    """The prefix of the source's own numbers for documents of `kind`."""
    return options.series + (CREDIT_SUFFIX if kind == Kind.CREDIT_NOTE else "")


def _identified(document: Document, one: Group) -> Document:
    """With an id by which it is known again: its own, its number's, or that of its text and its place among equal ones."""
    if document.number is not None or document.external_id:
        return document
    place = "" if one.occurrence == 1 else f":{one.occurrence}"
    return replace(document, external_id=f"text:{digest(one.whole_raw)[:32]}{place}")


def _with_corrected(items: list[Item], options: Options) -> list[Item]:
    """Credit notes name what they correct by the source's number; here it has the series' prefix."""
    items = _with_preceding(items, options)
    named = {number for item in items if item.document.corrects for number in _forms(item.document.corrects, options)}
    if not named:
        return items
    known = _existing(named) | {number_of(item.document, options) for item in items if item.document.number}
    return [_resolved(item, known, options) for item in items]


def _with_preceding(items: list[Item], options: Options) -> list[Item]:
    """Credit notes among e-invoices refer to earlier invoices: one that is here is corrected, others stay references."""
    if options.format not in E_INVOICES:
        return items
    found = {each.document.preceding[0].number: each for each in items if _may_correct(each)}
    known = _existing({form for number in found for form in _forms(number, options)})
    return [
        replace(item, document=_correcting(item.document))
        if _may_correct(item) and not known.isdisjoint(_forms(item.document.preceding[0].number, options))
        else item
        for item in items
    ]


def _may_correct(item: Item) -> bool:
    document = item.document
    return document.kind == Kind.CREDIT_NOTE and bool(document.preceding) and document.number is not None


def _correcting(document: Document) -> Document:
    first, *others = document.preceding
    return replace(document, corrects=first.number, preceding=tuple(others))


def _resolved(item: Item, known: set[str], options: Options) -> Item:
    forms = [] if item.document.corrects is None else _forms(item.document.corrects, options)
    number = next((form for form in forms if form in known), None)
    return item if number is None else replace(item, document=replace(item.document, corrects=number))


def _forms(corrects: str, options: Options) -> tuple[str, str]:
    """The number here of what is corrected: as it is written, as numbers issued before NFC are, and in NFC."""
    return f"{options.series}-{corrects}", f"{options.series}-{normalize(corrects)}"


def _sort_out(items: Sequence[Item], options: Options, batch: Batch) -> list[Item]:
    """The items that are not issued yet; each other item goes to the list of `batch` for its outcome."""
    by_id = _numbers_by_id(items)
    places = [_place(item.document, options, by_id) for item in items]
    others = [_in_year(item) for item in items]
    numbers = (item.document.number for item in items if item.document.number)
    there = _existing({*places, *numbers, *map(_own_place, others)})
    issued = {one.number: one.document for one in read_documents(sorted(there))} if there else {}
    new: dict[str, Item] = {}
    for item, place, other in zip(items, places, others, strict=True):
        if "differs" in options.waived and place in issued and _own_place(other) not in there:
            new[_own_place(other)] = other
        elif (same := issued.get(_own_place(other))) and _content(same) == _content(item.document):
            batch.duplicates.append(item)
        elif place in issued:
            _compare(item, issued[place], place, batch)
        elif (own := issued.get(item.document.number or "")) and _content(own) == _content(item.document):
            # An export of this very desk: the number it gives is the one that it has here.
            batch.duplicates.append(item)
        elif place in new:
            _compare(item, new[place].document, place, batch)
        else:
            new[place] = item
    return list(new.values())


def _in_year(item: Item) -> Item:
    """The same in the series of its year, for a number that another document has already."""
    return replace(item, prefix=f"{item.prefix}-{item.document.issued_at.year}")


def _own_place(item: Item) -> str:
    return f"{item.prefix}-{item.document.number}"


def _place(document: Document, options: Options, by_id: dict[tuple[str, str], str]) -> str:
    """The number that it has or will have here; of what gets one of ours, the one it has or else its id."""
    if document.number is not None:
        return number_of(document, options)
    key = (document.source, document.external_id)
    return by_id.get(key, f"{document.source} {document.external_id}")


def _compare(item: Item, other: Document, number: str, batch: Batch) -> None:
    mine = _content(item.document)
    if mine == _content(other):
        batch.duplicates.append(item)
        return
    what = ", ".join(name for name in ("total_amount", "issued_at", "buyer", "lines") if _differs(name, mine, other))
    message = f"{number} was issued with another content ({what or 'details'}); correct it by a credit note."
    batch.broken.append((item.group, Broken("differs", message)))


def _differs(name: str, one: Document, other: Document) -> bool:
    if name == "total_amount":
        return amounts_of(one).total_amount != amounts_of(other).total_amount
    return bool(getattr(one, name) != getattr(other, name))


def _content(document: Document) -> Document:
    """`document` in the form in which two documents are compared: texts in NFC, net prices, no number and no source.

    Only VAT amounts other than net x rate are kept.
    """
    net = settle(replace(normalize_document(document), number=None, source="", external_id="", accepted=()))
    return with_vat(net, amounts_of(net).groups)


def _existing(numbers: set[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT invoice_number FROM invoices_invoice WHERE invoice_number = ANY(%s)", [list(numbers)])
        return {number for (number,) in cursor.fetchall()}


def _numbers_by_id(items: Sequence[Item]) -> dict[tuple[str, str], str]:
    """The numbers of documents that were issued under our own, by the source's id."""
    ids = [item.document.external_id for item in items if item.document.number is None]
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.source, d.external_id, i.invoice_number FROM invoices_document d"
            " JOIN invoices_invoice i ON i.id = d.invoice_id WHERE d.source = %s AND d.external_id = ANY(%s)",
            [items[0].document.source, ids],
        )
        return {(source, external_id): number for source, external_id, number in cursor.fetchall()}
