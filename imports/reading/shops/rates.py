"""VAT rates of amounts whose export has only the tax. A rate is used when one alone fits; it is never made up."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from invoices import money
from invoices.documents.amounts import vat_bound, vat_of_gross
from invoices.documents.types import ZERO
from quality.rules import Broken

_PERCENT = re.compile(r"(\d{1,2}(?:[.,]\d{1,4})?)\s*%", re.ASCII)
_MOST_ASSIGNMENTS = 5000
_WHOLE = [Decimal(percent) / 100 for percent in range(1, 31)]
_FINE = [Decimal(tenths) / 1000 for tenths in range(1, 310)]
Taxes = Mapping[Decimal, Decimal]


def percent_in(text: str) -> Decimal | None:
    """The rate that the name of a tax ends with, such as 0.19 for `VAT 19%`."""
    found = _PERCENT.findall(text)
    return Decimal(found[-1].replace(",", ".")) / 100 if found else None


def fits(amount: Decimal, rate: Decimal, tax: Decimal, *, is_gross: bool, pieces: int = 1) -> bool:
    """Whether `tax` is the VAT of `amount`, which a shop may have rounded once for each of `pieces`."""
    wanted = vat_of_gross(amount, rate) if is_gross else money.vat_of(amount, rate)
    return abs(wanted - tax) <= (vat_bound(rate, pieces) if pieces > 1 else money.CENT / 2)


def find_rate(amount: Decimal, tax: Decimal, known: Iterable[Decimal], *, is_gross: bool, pieces: int = 1) -> Decimal:
    """The rate of `tax` on `amount`: one of `known` that fits, else the only rate in whole percent or in tenths."""
    fitting = [rate for rate in known if rate and fits(amount, rate, tax, is_gross=is_gross, pieces=max(2, pieces))]
    if fitting:
        return fitting[0]
    for candidates in (_WHOLE, _FINE):
        found = [rate for rate in candidates if fits(amount, rate, tax, is_gross=is_gross)]
        if len(found) == 1:
            return found[0]
        if found:
            some = " or ".join(f"{rate * 100:f} %" for rate in found[:3])
            raise unknown_rate(f"{tax} of VAT on {amount} may be {some}")
    raise unknown_rate(f"{tax} of VAT on {amount} is that of no usual rate")


def assign(
    amounts: Sequence[Decimal], choices: Sequence[Sequence[Decimal]], taxes: Taxes, *, is_gross: bool
) -> list[Decimal]:
    """The rate of each amount, out of its `choices`, so that the VAT of each rate is that of `taxes`.

    Raises `Broken` where none or several different ones fit.
    """
    found: dict[tuple[Decimal, ...], list[Decimal]] = {}
    for count, chosen in enumerate(itertools.product(*choices)):
        if count >= _MOST_ASSIGNMENTS:
            break
        if _comes_to(amounts, chosen, taxes, is_gross=is_gross):
            sums = tuple(_sum_at(amounts, chosen, rate) for rate in taxes)
            found.setdefault(sums, list(chosen))
    if not found:
        raise unknown_rate("no choice of rates for the lines comes to the VAT of the order")
    if len(found) > 1:
        raise unknown_rate("several choices of rates for the lines come to the VAT of the order")
    return next(iter(found.values()))


def unknown_rate(why: str) -> Broken:
    return Broken("unknown-rate", f"{why[0].upper()}{why[1:]}; name the rate in the file, or with the option vat_rate.")


def _comes_to(amounts: Sequence[Decimal], chosen: Sequence[Decimal], taxes: Taxes, *, is_gross: bool) -> bool:
    return all(
        fits(_sum_at(amounts, chosen, rate), rate, tax, is_gross=is_gross, pieces=len(amounts) + 1)
        for rate, tax in taxes.items()
    )


def _sum_at(amounts: Sequence[Decimal], chosen: Sequence[Decimal], rate: Decimal) -> Decimal:
    return sum((amount for amount, each in zip(amounts, chosen, strict=True) if each == rate), ZERO)
