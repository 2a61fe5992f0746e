"""The credit note of a refund, within what is left of the invoice. Arithmetic only.

The gross amount is the shop's to the cent. Net and VAT are the shop's too, where they can be credited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from invoices.documents.amounts import GroupKey, amounts_of
from invoices.documents.credits import Left, can_be_credited
from invoices.documents.types import ZERO, Document, default_category
from invoices.validation.amounts import lint_amounts
from orders.corrections import amounts_as_credited, draft, draft_gross, draft_rest, finish, given_vat
from orders.ledger import REFUND
from orders.pools import Pools, RefundDiffers, Shares, gross_of, spread
from orders.sale import document_line
from orders.snapshot import Refund
from orders.types import Issued, Planned, Terms
from runtime.currencies import unit_of

DESCRIPTION = "Refund"
Sums = Mapping[GroupKey, tuple[Decimal, Decimal]]


def check_sums(refund: Refund) -> None:
    """Raises `RefundDiffers` unless the parts of `refund` add up to its amount. An amount without parts is right."""
    parts = sum((line.net for line in refund.lines), ZERO) + sum((each.amount for each in refund.vat), ZERO)
    parts += refund.vouchers + refund.tips + refund.adjustment
    if refund.lines and parts != refund.amount:
        raise RefundDiffers(f"{refund.amount} went back, and the lines of the refund come to {parts}.")


def credit_refund(refund: Refund, shares: Shares, pools: Pools, invoice: Issued, terms: Terms) -> Planned:
    """The credit note of the goods of `refund`; raises `RefundDiffers` where none fits."""
    left, given, unit = pools.groups, sums_of(refund, pools.groups), unit_of(invoice.currency)
    if is_as_given(given, shares.goods, pools, unit):
        document = _with_lines(refund, given, left, invoice)
    elif shares.goods == pools.goods:
        document = draft_rest(invoice, left, DESCRIPTION)
    else:
        wanted = {key: net + vat for key, (net, vat) in given.items()}
        gross = spread(shares.goods, wanted, left, unit)
        document = draft_gross(invoice, gross, left, DESCRIPTION)
    document = replace(document, rounding_amount=shares.rounding)
    amounts = amounts_as_credited(document, left)
    if amounts.total_amount != shares.goods or lint_amounts(document, amounts):
        raise RefundDiffers(f"{shares.goods} cannot be credited of the {pools.goods} that is left of {invoice.number}.")
    name = f"{REFUND}{refund.external_id}"
    return finish(document, invoice, terms, refund.created_at, external_id=name, reason=refund.reason or DESCRIPTION)


def less(left: Mapping[GroupKey, Left], document: Document) -> dict[GroupKey, Left]:
    """What is left after the credit note `document`."""
    found = dict(left)
    for group in amounts_of(document).groups:
        key = (group.rate, group.category)
        found[key] = found[key].less(group)
    return {key: rest for key, rest in found.items() if rest.net or rest.vat}


def sums_of(refund: Refund, left: Mapping[GroupKey, Left]) -> Sums:
    """Net and VAT of the lines of `refund` by group of the invoice."""
    nets: defaultdict[GroupKey, Decimal] = defaultdict(lambda: ZERO)
    vats: defaultdict[GroupKey, Decimal] = defaultdict(lambda: ZERO)
    for line in refund.lines:
        nets[_key(line.vat_rate, left)] += line.net
    for each in refund.vat:
        vats[_key(each.rate, left)] += each.amount
    return {key: (nets[key], vats[key]) for key in {*nets, *vats}}


def is_as_given(given: Sums, goods: Decimal, pools: Pools, unit: Decimal) -> bool:
    """Whether the shop's own net and VAT of each group can be credited. The last refund takes all that is left."""
    if not given or sum((net + vat for net, vat in given.values()), ZERO) != goods:
        return False
    if goods == pools.goods:
        return dict(given) == {key: (rest.net, rest.vat) for key, rest in pools.groups.items()}
    return all(
        key in pools.groups and can_be_credited(net, vat, pools.groups[key], unit) for key, (net, vat) in given.items()
    )


def _with_lines(refund: Refund, given: Sums, left: Mapping[GroupKey, Left], invoice: Issued) -> Document:
    lines = [document_line(line, _key(line.vat_rate, left)[1]) for line in refund.lines if line.net]
    return draft(invoice, lines, [given_vat(key, vat) for key, (_, vat) in given.items()])


def _key(rate: Decimal, left: Mapping[GroupKey, Left]) -> GroupKey:
    """The group of the invoice that has `rate`: only at 0 can there be several, of which the largest is meant."""
    keys = [key for key in left if key[0] == rate]
    return max(keys, key=lambda key: gross_of(left[key]), default=(rate, default_category(rate)))
