"""The invoice of a transaction with gross prices, and the credit note of its refund. Arithmetic only.

The total of the invoice is the amount that the customer paid. Where unit prices were rounded on the way, the largest line
takes the difference; a difference that rounding cannot make is for a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from decimal import Decimal
from typing import Any

from integrations.pipes.entities.values import COUNTRY
from invoices import money
from invoices.documents.gross import priced, settle
from invoices.documents.types import ZERO, Accept, Document, GivenVat, IssuedDocument, Kind, Line, Party
from runtime.currencies import unit_of

# Numbers show the order of arrival, dates the day of the sale: a transaction may arrive late.
ACCEPTED = (Accept.FUTURE_DATE, Accept.BEFORE_NEWEST)
REFUNDED = "Refunded"


class SumsDiffer(ValueError):
    """The amount of a transaction is not that of its lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Buyer:
    """What is reported of a customer."""

    name: str = ""
    email: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """What is reported of a product. Without a rate, that of the store counts."""

    name: str = ""
    vat_rate: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """How a source's transactions are invoiced: by whom, at which rate, in which zone, and who and what is known.

    With `keeps_numbers` the documents have the numbers of the source.
    """

    source: str
    seller: Party
    zone: tzinfo
    vat_rate: Decimal
    keeps_numbers: bool = True
    buyers: Mapping[str, Buyer] = field(default_factory=dict)
    products: Mapping[str, Product] = field(default_factory=dict)


def invoice_of(values: Mapping[str, Any], terms: Terms) -> Document:
    """The invoice of a record, with net prices; raises `SumsDiffer`."""
    lines, grosses = [], []
    unit = unit_of(values["currency"])
    for item in values["products"]:
        lines.append(_line(item, terms))
        grosses.append(money.round_to(item["quantity"] * item["price"], unit))
    if values["amount"] is not None:
        grosses = _with_amount(values["amount"], grosses, lines, unit)
    number = values["transaction_id"]
    document = Document(
        issued_at=values["timestamp"].astimezone(terms.zone), seller=terms.seller, buyer=_buyer(values, terms),
        currency=values["currency"], lines=tuple(map(_priced, lines, grosses)), source=terms.source,
        number=number if terms.keeps_numbers else None, external_id=f"transaction:{number}", prices_include_vat=True,
        accepted=ACCEPTED,
    )  # fmt: skip
    return settle(document)


def credit_of(invoice: Document, values: Mapping[str, Any], terms: Terms) -> Document:
    """The credit note of all that an invoice with net prices and its own VAT says, dated as the record or as the invoice.

    The number of the invoice that it corrects is set when that is issued.
    """
    number = values["transaction_id"]
    return replace(
        invoice, kind=Kind.CREDIT_NOTE, issued_at=max(values["timestamp"].astimezone(terms.zone), invoice.issued_at),
        number=number if terms.keeps_numbers else None, external_id=f"refund:{number}", source=terms.source,
        reason=REFUNDED, accepted=ACCEPTED,
    )  # fmt: skip


def as_given(issued: IssuedDocument) -> Document:
    """An issued invoice with the VAT that it was issued with."""
    vat = tuple(GivenVat(rate=each.rate, amount=each.vat, vat_category=each.category) for each in issued.vat_groups)
    return replace(issued.document, vat=vat)


def _with_amount(amount: Decimal, grosses: list[Decimal], lines: list[Line], unit: Decimal) -> list[Decimal]:
    """What each line comes to, so that all come to `amount`."""
    total = sum(grosses, ZERO)
    most_off = sum((line.quantity for line in lines), ZERO) * unit / 2
    if amount % unit or abs(amount - total) > most_off:
        raise SumsDiffer(
            f"amount: {amount} is not what its products come to, {total}; rounded unit prices explain at most {most_off:f}."
        )
    largest = grosses.index(max(grosses))
    return [gross + (amount - total) * (index == largest) for index, gross in enumerate(grosses)]


def _line(item: Mapping[str, Any], terms: Terms) -> Line:
    code = item["product_id"]
    product = terms.products.get(code, Product())
    rate = terms.vat_rate if product.vat_rate is None else product.vat_rate
    return Line(
        description=item["name"] or product.name or code, quantity=item["quantity"], unit_price=item["price"],
        vat_rate=rate, product_code=code,
    )  # fmt: skip


def _priced(line: Line, gross: Decimal) -> Line:
    """The line with the unit price that comes to `gross`; its own where it does."""
    return line if money.quantize(line.quantity * line.unit_price) == gross else priced(line, gross)


def _buyer(values: Mapping[str, Any], terms: Terms) -> Party:
    customer_id = values["customer_id"] or ""
    known = terms.buyers.get(customer_id, Buyer())
    countries = (values["country"] or "", known.country)
    return Party(
        name=known.name or (f"Customer {customer_id}" if customer_id else "Customer"),
        email=known.email or values["email"] or "",
        city=values["city"] or "",
        region=values["state"] or "",
        country=next((each for each in countries if COUNTRY.fullmatch(each)), ""),
        external_id=customer_id,
    )
