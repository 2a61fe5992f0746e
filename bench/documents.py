"""The documents of the benchmark `documents`: as a shop posts them, and as COPY text for bare tables.

A bare table is a copy of a product's table with its columns and defaults, without indexes and constraints.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from decimal import Decimal

from django.db import connection

from invoices.documents.types import Document, Line, Party

# By name of the bare table: the table that it copies, and the columns that COPY fills.
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
    """`count` documents to random buyers; their external ids continue those of the batch before, and never repeat."""
    rng = random.Random(batch)
    return [_document(rng, f"order:{batch * count + index}") for index in range(count)]


def copy_texts(batch: list[Document], first_id: int) -> dict[str, bytes]:
    """The rows of each bare table, by its name, in COPY's text format. The ids begin with `first_id`.

    Nothing is escaped, because the generated texts contain no character that COPY would escape.
    """
    rows: dict[str, list[str]] = {table: [] for table in TABLES}
    for pk, document in enumerate(batch, start=first_id):
        rows["bench_invoice"].append(_invoice_row(pk, document))
        parties = (_party_json(document.seller), _party_json(document.buyer))
        rows["bench_document"].append(_row(pk, *parties, document.source, document.external_id, "", ""))
        for position, line in enumerate(document.lines, start=1):
            numbers = (line.quantity, line.unit_price, line.vat_rate, line.net)
            rows["bench_line"].append(_row(pk, position, line.description, line.product_code, *numbers))
    return {table: "".join(lines).encode() for table, lines in rows.items()}


def copy_into(texts: dict[str, bytes]) -> None:
    """Run one COPY into each bare table; `texts` is the result of `copy_texts`."""
    with connection.cursor() as cursor:
        for name, (_, columns) in TABLES.items():
            with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                copy.write(texts[name])


def make_bare() -> None:
    """Create the bare tables."""
    with connection.cursor() as cursor:
        for name, (table, _) in TABLES.items():
            cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS)")


def _document(rng: random.Random, external_id: str) -> Document:
    number = rng.randrange(10**6)
    buyer = Party(name=f"Buyer {number}", street=f"Weg {number % 99}", city="Kiel", postcode="24103", country="DE")
    lines = tuple(_line(rng, f"Mug {index}") for index in range(3))
    return Document(
        issued_at=NOON, seller=SELLER, buyer=buyer, currency="EUR", lines=lines, source="shop", external_id=external_id
    )


def _line(rng: random.Random, description: str) -> Line:
    return Line(
        description=description,
        quantity=Decimal(rng.randint(1, 3)),
        unit_price=Decimal(rng.randint(100, 9999)).scaleb(-2),
        vat_rate=RATE,
        product_code="M1",
    )


def _invoice_row(pk: int, document: Document) -> str:
    net = sum((line.net for line in document.lines), Decimal(0))
    vat = round(net * RATE, 2)
    number = f"INV-{pk:06d}"
    parties = (document.seller.name, document.buyer.name)
    return _row(
        *(pk, 1, pk, number, document.issued_at, *parties, document.currency, RATE),
        *(net, vat, net + vat, document.kind),
    )


def _party_json(party: Party) -> str:
    fields = ("name", "city", "street", "country", "postcode")
    return json.dumps({field: getattr(party, field) for field in fields})


def _row(*values: object) -> str:
    """A line of COPY's text format."""
    return "\t".join(map(str, values)) + "\n"
