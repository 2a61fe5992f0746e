"""Credit notes of the newest invoice of an order, with its parties, rates and currency. Arithmetic only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from invoices.documents.amounts import Amounts, GroupKey, amounts_of
from invoices.documents.credits import Left, as_rounded, fit
from invoices.documents.gross import priced
from invoices.documents.types import ZERO, Document, GivenVat, Kind, Line, short_category
from orders.sale import ACCEPTED
from orders.types import Issued, Planned, Terms


def draft(invoice: Issued, lines: Iterable[Line], vat: Iterable[GivenVat]) -> Document:
    """A credit note of `invoice` with net prices, still without date, names and reason."""
    return Document(
        kind=Kind.CREDIT_NOTE, issued_at=invoice.issued_at, seller=invoice.seller, buyer=invoice.buyer,
        currency=invoice.currency, lines=tuple(lines), vat=tuple(vat), accepted=ACCEPTED,
    )  # fmt: skip


def draft_rest(invoice: Issued, left: Mapping[GroupKey, Left], description: str) -> Document:
    """A credit note of all that is left: one line for each group, with its VAT."""
    lines = [priced(_line(invoice, key, description, ZERO), rest.net) for key, rest in left.items()]
    return draft(invoice, lines, [given_vat(key, rest.vat) for key, rest in left.items()])


def draft_gross(
    invoice: Issued, gross: Mapping[GroupKey, Decimal], left: Mapping[GroupKey, Left], description: str
) -> Document:
    """A credit note of `gross` by group, with VAT that can be credited of what is left."""
    lines = [_line(invoice, key, description, amount) for key, amount in gross.items()]
    fitted = fit(replace(draft(invoice, lines, ()), prices_include_vat=True), left)
    vat = [given_vat((group.rate, group.category), group.vat) for group in amounts_of(fitted).groups]
    return replace(fitted, vat=tuple(vat))


def amounts_as_credited(document: Document, left: Mapping[GroupKey, Left]) -> Amounts:
    """The sums of a credit note; its VAT is bounded as that of the invoice."""
    amounts = amounts_of(document)
    return replace(amounts, groups=tuple(as_rounded(group, left) for group in amounts.groups))


def finish(
    document: Document, invoice: Issued, terms: Terms, at: datetime, *, external_id: str, reason: str
) -> Planned:
    """`document` with its names. Its date is `at`, but not before that of its invoice."""
    moment = max(at, invoice.issued_at).astimezone(terms.zone)
    full = replace(document, issued_at=moment, source=terms.source, external_id=external_id, reason=reason)
    return Planned(document=full, corrects=invoice.external_id)


def given_vat(key: GroupKey, amount: Decimal) -> GivenVat:
    """VAT that stays as it is when the credit note is issued."""
    return GivenVat(rate=key[0], amount=amount, vat_category=key[1])


def _line(invoice: Issued, key: GroupKey, description: str, unit_price: Decimal) -> Line:
    rate, category = key
    reason = next((group.reason for group in invoice.groups if (group.rate, group.category) == key), "")
    return Line(
        description=description, quantity=Decimal(1), unit_price=unit_price, vat_rate=rate,
        vat_category=short_category(rate, category), exemption_reason=reason,
    )  # fmt: skip
