"""How much VAT a credit note takes off, so that credits of an invoice, split in any way, end at exactly zero.

A group is credited at its natural VAT while what is left stays within the bound of VAT as given; else a cent more or less.
The credit that reaches the net of a group takes all VAT that is left of it. Arithmetic only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import chain

from invoices.documents.amounts import (
    GroupKey,
    amounts_of,
    calculated_vat,
    is_within_bound,
    vat_of_gross,
    with_vat,
)
from invoices.documents.gross import gross_of, settle
from invoices.documents.types import Document, GivenVat, VatGroup
from runtime.currencies import unit_of

# More steps than any bound allows (1.00 in cents), on both sides.
MOST_STEPS = 201


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to be credited of a group of an invoice."""

    rate: Decimal
    category: str
    net: Decimal
    vat: Decimal
    roundings: int

    def less(self, group: VatGroup) -> Left:
        return replace(self, net=self.net - group.net, vat=self.vat - group.vat)

    def why_not(self, group: VatGroup) -> str | None:
        """Why `group` cannot be credited; None where it can."""
        sign = -1 if self.net < 0 else 1
        if sign * group.net < 0 or sign * group.vat < 0:
            return "it has another sign than the invoice"
        if sign * group.net > sign * self.net:
            return f"{group.net} net is more than the {self.net} that is left"
        if sign * group.vat > sign * self.vat:
            return f"{group.vat} VAT is more than the {self.vat} that is left"
        if group.net == self.net and group.vat != self.vat:
            return f"nothing is left of its net after it, so its VAT must be all that is left, {self.vat}"
        return None


def fit(document: Document, left: Mapping[GroupKey, Left]) -> Document:
    """The credit note with net prices, and with the VAT that fits what is left of the invoice's groups.

    VAT that the sender gives stays as given. A group that is not in `left` gets its calculated VAT.
    """
    given = {(each.rate, each.category) for each in document.vat}
    wanted = (_by_gross if document.prices_include_vat else _by_net)(document, left)
    chosen = tuple(GivenVat(rate=key[0], amount=vat, vat_category=key[1]) for key, vat in wanted if key not in given)
    net = settle(replace(document, vat=(*document.vat, *chosen)))
    roundings = {key: one.roundings for key, one in left.items()}
    groups = amounts_of(net).groups
    return with_vat(net, tuple(_as_rounded(group, roundings) for group in groups))


def as_rounded(group: VatGroup, left: Mapping[GroupKey, Left]) -> VatGroup:
    """`group` of a credit note with the number of roundings that the invoice's group has."""
    return _as_rounded(group, {key: one.roundings for key, one in left.items()})


def _as_rounded(group: VatGroup, roundings: Mapping[GroupKey, int]) -> VatGroup:
    return replace(group, roundings=roundings.get((group.rate, group.category), group.roundings))


def _by_net(document: Document, left: Mapping[GroupKey, Left]) -> Iterator[tuple[GroupKey, Decimal]]:
    unit = unit_of(document.currency)
    for group in amounts_of(replace(document, vat=())).groups:
        net = group.net
        rest = left.get((group.rate, group.category))
        if rest is not None and rest.net > 0:
            natural = calculated_vat(net, group.rate, unit)
            yield (group.rate, group.category), _choose(natural, partial(_same_net, net), rest, unit)


def _by_gross(document: Document, left: Mapping[GroupKey, Left]) -> Iterator[tuple[GroupKey, Decimal]]:
    unit = unit_of(document.currency)
    for (rate, category), gross in gross_of(document).items():
        rest = left.get((rate, category))
        if rest is not None and rest.net > 0:
            natural = vat_of_gross(gross, rate, unit)
            yield (rate, category), _choose(natural, gross.__sub__, rest, unit)


def _same_net(net: Decimal, vat: Decimal) -> Decimal:
    return net


def _choose(natural: Decimal, net_of: Callable[[Decimal], Decimal], rest: Left, unit: Decimal) -> Decimal:
    """The VAT nearest to `natural` that can be credited; `natural` where none can, which is refused later."""
    if net_of(rest.vat) == rest.net:
        return rest.vat
    steps = chain((0,), *((step, -step) for step in range(1, MOST_STEPS)))
    candidates = (natural + step * unit for step in steps)
    return next((vat for vat in candidates if can_be_credited(net_of(vat), vat, rest, unit)), natural)


def can_be_credited(net: Decimal, vat: Decimal, rest: Left, unit: Decimal) -> bool:
    """Whether `net` and `vat` can be taken off `rest`, and what is left then can be credited as well."""
    credit = VatGroup(rate=rest.rate, category=rest.category, net=net, vat=vat, roundings=rest.roundings)
    if rest.why_not(credit) is not None:
        return False
    after = replace(credit, net=rest.net - net, vat=rest.vat - vat)
    return is_within_bound(credit, unit) and is_within_bound(after, unit)
