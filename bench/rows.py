"""The invoices of the issue benchmarks: as drafts, as the model's fields, and as COPY text."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from invoices import money
from invoices.generation.content import Terms
from invoices.generation.content import drafts as generate
from invoices.issue import Draft

COLUMNS = (
    "series_id", "ordinal", "invoice_number", "invoice_date", "seller_name", "buyer_name", "currency", "vat_rate",
    "subtotal", "vat_amount", "total_amount",
)  # fmt: skip
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def drafts(count: int) -> list[Draft]:
    """Drafts without a run, as the sales of a shop would create them."""
    terms = Terms(seed=7, started_at=NOON, rate_per_second=Decimal(5), currency="SAR", vat_rate=Decimal("0.15"))
    return [as_sale(draft) for draft in generate(terms, first=1, count=count)]


def as_sale(draft: Draft) -> Draft:
    return Draft(
        invoice_date=draft.invoice_date,
        seller_name=draft.seller_name,
        buyer_name=draft.buyer_name,
        subtotal=draft.subtotal,
        vat_rate=draft.vat_rate,
        currency=draft.currency,
    )


def fields(draft: Draft, ordinal: int) -> dict[str, Any]:
    """The row of `draft`, without the columns that the database fills."""
    vat = money.vat_of(draft.subtotal, draft.vat_rate)
    values = (
        *(1, ordinal, f"DEMO1-{ordinal:06d}", draft.invoice_date, draft.seller_name, draft.buyer_name),
        *(draft.currency, draft.vat_rate, draft.subtotal, vat, draft.subtotal + vat),
    )
    return dict(zip(COLUMNS, values, strict=True))


def copy_text(of: list[Draft], first_ordinal: int) -> bytes:
    """The rows in COPY's text format (the generated names contain no character that needs escaping)."""
    rows = (fields(draft, ordinal).values() for ordinal, draft in enumerate(of, start=first_ordinal))
    return "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()


def copy_into(table: str, text: bytes) -> None:
    """Run one COPY of encoded rows."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        copy.write(text)


def make_bare(table: str) -> None:
    """Create a copy of the invoice table with its columns and defaults only: no index, no constraint."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} (LIKE invoices_invoice INCLUDING DEFAULTS INCLUDING IDENTITY)")
