"""Reads the activity of a PayPal account, in English or German: payments received, and refunds of them.

PayPal has no VAT: a payment is one line with VAT included at the rate that the import names. All other movements, such as
fees, payouts and payments to others, are set aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, timezone, tzinfo
from decimal import Decimal

from imports.reading.countries import as_code
from imports.reading.options import Options
from imports.reading.shops import states
from imports.reading.tables import Row, Table
from imports.reading.values import read_decimal, read_time
from invoices.documents.types import Document, Kind, Line, Party, Payment
from quality.rules import Broken

CUSTOMER = "Customer"
_GERMAN = {
    "Datum": "Date", "Uhrzeit": "Time", "Zeitzone": "TimeZone", "Typ": "Type", "Beschreibung": "Type",
    "Währung": "Currency", "Brutto": "Gross", "Entgelt": "Fee", "Gebühr": "Fee", "Netto": "Net",
    "Absender E-Mail-Adresse": "From Email Address", "Von E-Mail-Adresse": "From Email Address",
    "Transaktionscode": "Transaction ID", "Zugehöriger Transaktionscode": "Reference Txn ID",
    "Artikelbezeichnung": "Item Title", "Rechnungsnummer": "Invoice Number", "Betreff": "Subject", "Hinweis": "Note",
    "Land": "Country", "Käufer-ID": "Buyer ID", "Time zone": "TimeZone",
}  # fmt: skip
_SALE, _REFUND = ("payment", "zahlung", "sale"), ("refund", "rückzahlung", "rückerstattung")
_OTHER = ("hold", "einbehalt", "release", "reversal", "authorization", "autorisierung", "currency conversion")
_DONE = frozenset(
    {"", "completed", "abgeschlossen", "refunded", "partially refunded", "rückerstattet", "teilweise rückerstattet"}
)
_HOURS = {
    "UTC": 0, "GMT": 0, "BST": 1, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "JST": 9, "AEST": 10,
}  # fmt: skip


def parse(number: str, rows: Sequence[Row], options: Options) -> Document:
    """The document of a movement; raises `Broken` or `BadValue`."""
    row = states.only_row(number, rows)
    gross = read_decimal("Gross", row["Gross"])
    is_refund = _is_refund(number, row, gross)
    title = row.get("Item Title", "").strip() or row.get("Subject", "").strip()
    line = Line(
        description=title or "Payment",
        quantity=Decimal(1),
        unit_price=abs(gross),
        vat_rate=states.rate_of(options),
    )
    return Document(
        kind=Kind.CREDIT_NOTE if is_refund else Kind.INVOICE,
        number=number,
        issued_at=read_time("Date", f"{row['Date']}T{row.get('Time') or '00:00:00'}", _zone(row, options)),
        seller=Party(name=options.seller),
        buyer=_buyer(row),
        currency=row["Currency"].strip().upper(),
        lines=(line,),
        source=options.source,
        corrects=(row.get("Reference Txn ID", "").strip() or None) if is_refund else None,
        reason="Refund" if is_refund else "",
        order_reference=row.get("Invoice Number", "").strip(),
        prices_include_vat=True,
        payment=Payment(reference=number),
    )


TABLE = Table(
    key="Transaction ID",
    signs=(frozenset({"Date", "Type", "Currency", "Gross", "Transaction ID"}),),
    needed=("Date", "Type", "Currency", "Gross", "Transaction ID"),
    parse=parse,
    aliases=_GERMAN,
    numbers=frozenset({"Gross"}),
    dates=frozenset({"Date"}),
    lacks=("seller", "vat_rate"),
)


def _is_refund(number: str, row: Row, gross: Decimal) -> bool:
    """Whether the row is a refund; False for a payment received. Raises `Broken` for every other movement."""
    kind, state = row["Type"].strip().casefold(), row.get("Status", "").strip().casefold()
    is_other = any(word in kind for word in _OTHER) or state not in _DONE
    if not is_other and gross < 0 and any(word in kind for word in _REFUND):
        return True
    if not is_other and gross > 0 and any(word in kind for word in _SALE):
        return False
    what = f"{row['Type'].strip()[:60]}, {row.get('Status', '').strip()[:40] or 'without a state'}"
    raise Broken(states.NO_SALE, f"{number} is {what}, {gross}: it is kept, but not as a document.")


def _zone(row: Row, options: Options) -> tzinfo:
    name = row.get("TimeZone", "").strip()
    return timezone(timedelta(hours=_HOURS[name])) if name in _HOURS else options.zone


def _buyer(row: Row) -> Party:
    email = row.get("From Email Address", "").strip()
    return Party(
        name=row.get("Name", "").strip() or email or CUSTOMER,
        email=email,
        country=as_code(row.get("Country", "").strip()),
    )
