"""The words and the number format of a page, in one language."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from invoices.documents.types import Kind


@dataclass(frozen=True, kw_only=True)
class Words:
    """Every text of a page that is not in the document. `{}` stands for a value.

    `means` names payment means (UNTDID 4461), `reasons` says why there is no VAT, by category. `day` is a pattern of the
    day of the month, the name of the month and the year.
    """

    code: str
    is_rtl: bool = False
    decimal_mark: str
    group_mark: str
    months: tuple[str, ...]
    day: str
    titles: Mapping[Kind, str]
    test_stamp: str
    test_notice: str
    to: str
    number: str
    date: str
    due: str
    delivered: str
    corrects: str
    refers_to: str
    number_of_day: str
    customer: str
    customer_vat: str
    your_reference: str
    order: str
    description: str
    quantity: str
    unit_price: str
    vat: str
    net: str
    allowance: str
    charge: str
    subtotal: str
    vat_on: str
    total: str
    total_credited: str
    prepaid: str
    rounding: str
    amount_due: str
    to_be_refunded: str
    payment: str
    payment_terms: str
    account: str
    payment_reference: str
    delivered_to: str
    registration: str
    e_invoices_to: str
    vat_number: str
    page: str
    journal: str
    day_of_month: str
    country: str
    category: str
    documents: str
    net_amount: str
    sums_of_month: str
    nothing_sold: str
    means: Mapping[str, str]
    reasons: Mapping[str, str]

    def write_month(self, value: datetime.date) -> str:
        """`November 2026`."""
        return f"{self.months[value.month - 1]} {value.year}"

    def write_day(self, value: datetime.date) -> str:
        """`21 November 2026`: the month is written, so that no reader takes the day for the month."""
        return self.day.format(day=value.day, month=self.months[value.month - 1], year=value.year)

    def write_number(self, figures: str) -> str:
        """`figures`, such as `-1234.50`, with the marks of the language."""
        whole, _, decimals = f"{figures}".partition(".")
        sign, whole = ("\N{MINUS SIGN}", whole[1:]) if whole.startswith("-") else ("", whole)
        grouped = f"{int(whole):,}".replace(",", self.group_mark)
        return f"{sign}{grouped}{self.decimal_mark}{decimals}" if decimals else f"{sign}{grouped}"
