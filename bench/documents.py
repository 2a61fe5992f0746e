"""Documents of three lines as a shop's sales make them, and their rows as COPY's own text into bare tables."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from decimal import Decimal

from django.db import connection

from invoices.documents.types import Document, Line, Party

TABLES = {
    "bench_invoice": (
        "invoices_invoice",
        "id, series_id, ordinal, invoice_number, invoice_date, seller_name, buyer_name, currency, vat_rate, subtotal, vat_amount,"
        " total_amount, kind",
    ),
    "bench_document": ("invoices_document", "invoice_id, seller, buyer, source, external_id, reason, note"),
    "bench_line": (
        "invoices_line",
        "invoice_id, position, description, product_code, quantity, unit_price, vat_rate, net",
    ),
}
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SELLER = Party(
    name="Nordwind GmbH", street="Hafenstr. 1", city="Kiel", postcode="24103", country="DE", vat_id="DE123456789"
)
RATE = Decimal("0.19")


def documents(count: int, batch: int) -> list[Document]:
    """Sales to buyers of their own, each with an id of the shop."""
    draw = random.Random(batch)
    return [_document(draw, f"order:{batch * count + index}") for index in range(count)]


def copy_texts(sales: list[Document], first: int) -> dict[str, bytes]:
    """The rows of each bare table in COPY's text format (the names hold nothing that it would escape)."""
    texts: dict[str, list[str]] = {name: [] for name in TABLES}
    for pk, sale in enumerate(sales, start=first):
        net = sum((line.net for line in sale.lines), Decimal(0))
        vat = round(net * RATE, 2)
        head = (pk, 1, pk, f"INV-{pk:06d}", sale.issued_at, sale.seller.name, sale.buyer.name, sale.currency, RATE)
        texts["bench_invoice"].append(_row(*head, net, vat, net + vat, sale.kind))
        seller, buyer = (json.dumps({"name": one.name, "city": one.city, "street": one.street, "country": one.country,
                                     "postcode": one.postcode}) for one in (sale.seller, sale.buyer))  # fmt: skip
        texts["bench_document"].append(_row(pk, seller, buyer, sale.source, sale.external_id, "", ""))
        for position, line in enumerate(sale.lines, start=1):
            numbers = (line.quantity, line.unit_price, line.vat_rate, line.net)
            texts["bench_line"].append(_row(pk, position, line.description, line.product_code, *numbers))
    return {name: "".join(rows).encode() for name, rows in texts.items()}


def copy_into(texts: dict[str, bytes]) -> None:
    """One COPY into each bare table."""
    with connection.cursor() as cursor:
        for name, (_, columns) in TABLES.items():
            with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                copy.write(texts[name])


def make_bare() -> None:
    """Copies of the tables with their columns and defaults, and nothing else: no index, no rule."""
    with connection.cursor() as cursor:
        for name, (table, _) in TABLES.items():
            cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS)")


def _document(draw: random.Random, external_id: str) -> Document:
    number = draw.randrange(10**6)
    buyer = Party(name=f"Buyer {number}", street=f"Weg {number % 99}", city="Kiel", postcode="24103", country="DE")
    lines = tuple(_line(draw, f"Mug {index}") for index in range(3))
    return Document(
        issued_at=NOON, seller=SELLER, buyer=buyer, currency="EUR", lines=lines, source="shop", external_id=external_id
    )


def _line(draw: random.Random, description: str) -> Line:
    return Line(
        description=description,
        quantity=Decimal(draw.randint(1, 3)),
        unit_price=Decimal(draw.randint(100, 9999)).scaleb(-2),
        vat_rate=RATE,
        product_code="M1",
    )


def _row(*values: object) -> str:
    return "\t".join(map(str, values)) + "\n"
