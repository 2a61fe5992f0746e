"""A batch of documents in one transaction: issued, found to be there already, or put into quarantine.

Whatever is issued stays as it is. A document is compared with the one of its number; the same is a duplicate, another is
kept in quarantine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from invoices import series as series_of
from invoices.documents.amounts import amounts_of, with_vat
from invoices.documents.characters import normalize, normalize_document
from invoices.documents.gross import settle
from invoices.documents.issue import BadDocument, issue_in_several
from invoices.documents.read import read_documents
from invoices.documents.types import Document, Kind
from invoices.models import Series
from sources.reading.groups import Group
from sources.reading.options import Options
from sources.reading.rules import Broken
from sources.reading.source import understand

CREDIT_SUFFIX = "-CN"


@dataclass(frozen=True, slots=True)
class Item:
    """A document with the rows it was made of."""

    group: Group
    document: Document


@dataclass(slots=True)
class Outcome:
    """What became of a batch."""

    issued: list[Item] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    duplicates: list[Item] = field(default_factory=list)
    broken: list[tuple[Group, Broken]] = field(default_factory=list)


def deal_with(groups: Iterable[Group], header: Sequence[str], options: Options, now: datetime) -> Outcome:
    """Issue what can be issued. Call it in a transaction; raises nothing that the rows are to blame for."""
    outcome = Outcome()
    items = []
    for one in groups:
        try:
            items.append(Item(one, _identified(understand(one, header, options, now), one)))
        except Broken as error:
            outcome.broken.append((one, error))
    items = _with_corrected(items, options)
    _issue(_sort_out(items, options, outcome), options, outcome)
    return outcome


def number_of(document: Document, options: Options) -> str:
    """The number that a document with a number of its source has here."""
    return f"{_prefix(document.kind, options)}-{document.number}"


def _prefix(kind: Kind, options: Options) -> str:
    return options.series + (CREDIT_SUFFIX if kind == Kind.CREDIT_NOTE else "")


def _identified(document: Document, one: Group) -> Document:
    """With an id by which it is known again: its own, its number's, or that of its text."""
    if document.number is not None or document.external_id:
        return document
    return replace(document, external_id=f"text:{digest(one.raw)[:32]}")


def digest(raw: str) -> str:
    """By which rows are known again."""
    return hashlib.sha256(raw.encode()).hexdigest()


def _with_corrected(items: list[Item], options: Options) -> list[Item]:
    """Credit notes name what they correct by the source's number; here it has the series' prefix."""
    named = {number for item in items if item.document.corrects for number in _forms(item.document.corrects, options)}
    if not named:
        return items
    known = _existing(named) | {number_of(item.document, options) for item in items if item.document.number}
    return [_resolved(item, known, options) for item in items]


def _resolved(item: Item, known: set[str], options: Options) -> Item:
    forms = [] if item.document.corrects is None else _forms(item.document.corrects, options)
    number = next((form for form in forms if form in known), None)
    return item if number is None else Item(item.group, replace(item.document, corrects=number))


def _forms(corrects: str, options: Options) -> tuple[str, str]:
    """The number here of what is corrected: as it is written, as numbers issued before NFC are, and in NFC."""
    return f"{options.series}-{corrects}", f"{options.series}-{normalize(corrects)}"


def _sort_out(items: Sequence[Item], options: Options, outcome: Outcome) -> list[Item]:
    """Those that are new; the others are told to `outcome`."""
    by_id = _numbers_by_id(items)
    places = [_place(item.document, options, by_id) for item in items]
    there = _existing({*places, *(item.document.number for item in items if item.document.number)})
    issued = {one.number: one.document for one in read_documents(sorted(there))} if there else {}
    new: dict[str, Item] = {}
    for item, place in zip(items, places, strict=True):
        if place in issued:
            _compare(item, issued[place], place, outcome)
        elif (own := issued.get(item.document.number or "")) and _content(own) == _content(item.document):
            # An export of this very desk: the number it gives is the one that it has here.
            outcome.duplicates.append(item)
        elif place in new:
            _compare(item, new[place].document, place, outcome)
        else:
            new[place] = item
    return list(new.values())


def _place(document: Document, options: Options, by_id: dict[tuple[str, str], str]) -> str:
    """The number that it has or will have here; of what gets one of ours, the one it has or else its id."""
    if document.number is not None:
        return number_of(document, options)
    key = (document.source, document.external_id)
    return by_id.get(key, f"{document.source} {document.external_id}")


def _compare(item: Item, other: Document, number: str, outcome: Outcome) -> None:
    mine = _content(item.document)
    if mine == _content(other):
        outcome.duplicates.append(item)
        return
    what = ", ".join(name for name in ("total_amount", "issued_at", "buyer", "lines") if _differs(name, mine, other))
    message = f"{number} was issued with another content ({what or 'details'}); correct it by a credit note."
    outcome.broken.append((item.group, Broken("differs", message)))


def _differs(name: str, one: Document, other: Document) -> bool:
    if name == "total_amount":
        return amounts_of(one).total_amount != amounts_of(other).total_amount
    return bool(getattr(one, name) != getattr(other, name))


def _content(document: Document) -> Document:
    """As it is compared: texts in NFC, net prices, the VAT that is not net x rate, nothing of how it came here."""
    net = settle(replace(normalize_document(document), number=None, source="", external_id=""))
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


def _issue(items: list[Item], options: Options, outcome: Outcome) -> None:
    """Issue them all, but for those that the store refuses, which are put aside one after the other."""
    while items:
        arranged = _by_series(items, options)
        order = [item for group in arranged.values() for item in group]
        documents = {pk: [item.document for item in group] for pk, group in arranged.items()}
        try:
            with transaction.atomic():
                issued = issue_in_several(documents, announce=options.announce, is_checked=True)
        except BadDocument as error:
            findings = " ".join(f"{each.field}: {each.message}" for each in error.findings)
            outcome.broken.append((order[error.index].group, Broken("refused", findings)))
            items = [item for item in items if item is not order[error.index]]
        except IntegrityError as error:
            if len(items) > 1:
                _issue(items[: len(items) // 2], options, outcome)
                items = items[len(items) // 2 :]
                continue
            reason = str(error).strip().splitlines()[0][:300]
            outcome.broken.append((items[0].group, Broken("refused", f"The database refuses it: {reason}.")))
            return
        else:
            outcome.issued.extend(order)
            outcome.numbers.extend(number for pk in arranged for number in issued[pk].numbers)
            return


def _by_series(items: Sequence[Item], options: Options) -> dict[int, list[Item]]:
    arranged: dict[int, list[Item]] = {}
    for item in items:
        arranged.setdefault(_series(item.document, options).pk, []).append(item)
    return arranged


def _series(document: Document, options: Options) -> Series:
    if document.number is None:
        prefix = series_of.CREDIT_PREFIX if document.kind == Kind.CREDIT_NOTE else series_of.LIVE_PREFIX
        return series_of.ensure(prefix=prefix, kind=Series.Kind.INTERNAL, document=document.kind)
    return series_of.ensure(prefix=_prefix(document.kind, options), kind=Series.Kind.EXTERNAL, document=document.kind)
