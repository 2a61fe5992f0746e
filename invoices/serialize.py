"""How an invoice and the totals are written in JSON: money as text with two decimals, times ISO 8601 in UTC."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from invoices import money
from runtime.formats import iso

COLUMNS = (
    "id", "invoice_number", "invoice_date", "seller_name", "buyer_name", "currency", "vat_rate", "subtotal",
    "vat_amount", "total_amount", "kind", "printed_number",
)  # fmt: skip


def rate(vat_rate: Decimal | None) -> str | None:
    """`"0.15"`: at least two decimals, no padding; None where a document has several rates."""
    if vat_rate is None:
        return None
    shortest = vat_rate.normalize()
    return f"{shortest if int(shortest.as_tuple().exponent) <= -2 else shortest.quantize(Decimal('0.01')):f}"


def figures(
    currency: str,
    count: int = 0,
    subtotal: Decimal = Decimal(0),
    vat: Decimal = Decimal(0),
    total: Decimal = Decimal(0),
) -> dict[str, Any]:
    """Count and sums in one currency."""
    return {
        "currency": currency,
        "invoice_count": count,
        "subtotal_amount": money.text(subtotal),
        "vat_amount": money.text(vat),
        "total_amount": money.text(total),
        "average_amount": money.text(money.average(total, count)),
    }


def invoice(values: tuple[Any, ...]) -> dict[str, Any]:
    """The API's invoice of a row of `COLUMNS`."""
    fields = dict(zip(COLUMNS, values, strict=True))
    fields["printed_number"] = fields["printed_number"] or fields["invoice_number"]
    fields["invoice_date"] = iso(fields["invoice_date"])
    fields["vat_rate"] = rate(fields["vat_rate"])
    for name in ("subtotal", "vat_amount", "total_amount"):
        fields[name] = money.text(fields[name])
    return fields
