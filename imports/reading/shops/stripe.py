"""Reads payments of Stripe: the balance history (a row per movement) or the list of payments (a row per payment).

Stripe has no lines and no VAT: a payment is one line with VAT included at the rate that the import names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from decimal import Decimal

from imports.reading.options import Options
from imports.reading.shops import states
from imports.reading.shops.refunds import credit_of
from imports.reading.tables import Credits, Row, Table
from imports.reading.values import BadValue, read_decimal, read_time
from invoices.documents.types import Document, Kind, Line, Party, Payment
from quality.rules import Broken

CUSTOMER = "Customer"
_SALES = frozenset({"charge", "payment"})
_REFUNDS = frozenset({"refund", "payment_refund"})
_PAID = frozenset({"paid", "refunded", "partially refunded", "succeeded"})
_CREATED = ("Created (UTC)", "Created date (UTC)", "Created")
_SIGNS = tuple(
    frozenset({"id", "Amount", "Currency", created, more})
    for created in _CREATED
    for more in ("Source", "Amount Refunded")
)


def parse(number: str, rows: Sequence[Row], options: Options) -> Document:
    """The document of a movement or a payment; raises `Broken` or `BadValue`."""
    row = states.only_row(number, rows)
    is_refund = row.get("Type", "").strip().lower() in _REFUNDS
    _check_state(number, row, options)
    amount = abs(read_decimal("Amount", row["Amount"]))
    text = row.get("Description", "").strip()
    line = Line(description=text or "Payment", quantity=Decimal(1), unit_price=amount, vat_rate=states.rate_of(options))
    reference = row.get("Source", "").strip() or number
    return Document(
        kind=Kind.CREDIT_NOTE if is_refund else Kind.INVOICE,
        number=number,
        issued_at=read_time("Created (UTC)", _created(row), UTC),
        seller=Party(name=options.seller),
        buyer=_buyer(row),
        currency=row["Currency"].strip().upper(),
        lines=(line,),
        source=options.source,
        external_id=reference,
        reason=(text or "Refund") if is_refund else "",
        prices_include_vat=True,
        payment=Payment(reference=reference),
    )


def _is_refunded(rows: Sequence[Row], options: Options) -> bool:
    return bool(rows[0].get("Amount Refunded", "").strip("0., "))


def _credit(number: str, rows: Sequence[Row], options: Options) -> Document:
    refunded = read_decimal("Amount Refunded", rows[0]["Amount Refunded"])
    return credit_of(parse(number, rows, options), refunded, None)


TABLE = Table(
    key="id",
    signs=_SIGNS,
    needed=("id", "Amount", "Currency"),
    parse=parse,
    numbers=frozenset({"Amount", "Amount Refunded"}),
    dates=frozenset(_CREATED),
    credits=Credits(is_in=_is_refunded, parse=_credit),
    lacks=("seller", "vat_rate"),
)  # fmt: skip


def _check_state(number: str, row: Row, options: Options) -> None:
    kind, state = row.get("Type", "").strip().lower(), row.get("Status", "").strip().lower()
    if kind and kind not in _SALES | _REFUNDS:
        raise Broken(states.NO_SALE, f"{number} is a movement of type {kind[:40]}: it is kept, but not as a document.")
    if state and state not in _PAID:
        raise Broken(states.NO_SALE, f"{number} is {state[:40]}: it is kept, but not as a document.")


def _created(row: Row) -> str:
    found = next((row[name] for name in _CREATED if row.get(name)), "")
    if not found:
        raise BadValue("Created (UTC): it is empty; fill in the date of the payment.")
    return found


def _buyer(row: Row) -> Party:
    email = row.get("Customer Email", "").strip()
    return Party(
        name=row.get("Customer Description", "").strip() or email or CUSTOMER,
        email=email,
        external_id=row.get("Customer ID", "").strip(),
    )
