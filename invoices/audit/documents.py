"""The proof of documents: lines add up, credits are within their invoices, and every link of the chains is as it was made.

Called by the audit in its snapshot. Documents are read one after the other, so that it takes no memory to speak of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from invoices.documents import chain
from invoices.documents.types import Line
from invoices.models import Series

MOST_TOLD = 100

# A number, and what is wrong with it. Documents belong to real invoices, whose series stay open permanently.
_WRONG_LINES = """
SELECT coalesce(i.invoice_number, 'invoice ' || coalesce(d.invoice_id, l.invoice_id)), CASE
    WHEN d.invoice_id IS NULL OR i.id IS NULL THEN 'is gone, and left lines or parties behind'
    WHEN l.invoice_id IS NULL THEN 'has lost its lines'
    WHEN l.first <> 1 OR l.last <> l.n THEN 'has lost a line'
    WHEN NOT l.are_exact THEN 'has a line that is not quantity x unit price'
    WHEN l.net <> i.subtotal THEN 'does not come to the sum of its lines'
    WHEN l.vat <> i.vat_amount OR l.vat_rate IS DISTINCT FROM i.vat_rate THEN 'has another VAT than its lines'
    ELSE 'names another seller or buyer than its row' END
FROM invoices_document d
FULL JOIN (
    SELECT invoice_id, sum(n) AS n, min(first) AS first, max(last) AS last, sum(net) AS net, sum(vat) AS vat,
        CASE count(*) WHEN 1 THEN min(vat_rate) END AS vat_rate, bool_and(are_exact) AS are_exact
    FROM (
        SELECT invoice_id, vat_rate, count(*) AS n, min(position) AS first, max(position) AS last, sum(net) AS net,
            round(sum(net) * vat_rate, 2) AS vat, bool_and(net = round(quantity * unit_price, 2)) AS are_exact
        FROM invoices_line GROUP BY invoice_id, vat_rate
    ) AS of_rate GROUP BY invoice_id
) AS l ON l.invoice_id = d.invoice_id
LEFT JOIN invoices_invoice i ON i.id = d.invoice_id
WHERE d.invoice_id IS NULL OR i.id IS NULL OR l.invoice_id IS NULL OR l.first <> 1 OR l.last <> l.n OR NOT l.are_exact
    OR (l.net, l.vat) <> (i.subtotal, i.vat_amount) OR l.vat_rate IS DISTINCT FROM i.vat_rate
    OR (d.seller ->> 'name') <> i.seller_name OR (d.buyer ->> 'name') <> i.buyer_name
ORDER BY 1
"""
_WRONG_CREDITS = """
SELECT coalesce(c.invoice_number, 'invoice ' || coalesce(found.corrects_id, kept.invoice_id)), CASE
    WHEN c.id IS NULL THEN 'is gone, and is credited' WHEN c.kind <> 'invoice' THEN 'is corrected, and is no invoice'
    WHEN found.credited IS DISTINCT FROM kept.credited_amount THEN 'is not credited as much as its credit notes come to'
    WHEN found.currencies <> 1 OR found.currency <> c.currency THEN 'is credited in another currency'
    ELSE 'is credited beyond its total' END
FROM (
    SELECT d.corrects_id, sum(n.total_amount) AS credited, count(DISTINCT n.currency) AS currencies, min(n.currency) AS currency
    FROM invoices_document d JOIN invoices_invoice n ON n.id = d.invoice_id WHERE d.corrects_id IS NOT NULL GROUP BY 1
) AS found FULL JOIN invoices_credit kept ON kept.invoice_id = found.corrects_id
LEFT JOIN invoices_invoice c ON c.id = coalesce(found.corrects_id, kept.invoice_id)
WHERE c.id IS NULL OR c.kind <> 'invoice' OR found.credited IS DISTINCT FROM kept.credited_amount
    OR found.currencies <> 1 OR found.currency <> c.currency OR found.credited > c.total_amount
    OR kept.total_amount <> c.total_amount
UNION ALL
SELECT i.invoice_number, CASE WHEN i.kind <> s.document THEN 'is of another kind than its series'
    WHEN i.kind = 'invoice' THEN 'is an invoice, and corrects another'
    ELSE 'is a credit note that says neither what it corrects nor why' END
FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id AND s.closed_at IS NULL
LEFT JOIN invoices_document d ON d.invoice_id = i.id
WHERE i.kind <> s.document OR (i.kind = 'invoice' AND d.corrects_id IS NOT NULL)
    OR (i.kind = 'credit_note' AND d.corrects_id IS NULL AND coalesce(d.reason, '') = '')
ORDER BY 1
"""
_LINKS = """
SELECT coalesce(i.ordinal, l.ordinal) AS ordinal, i.id IS NOT NULL AS is_there, l.hash IS NOT NULL AS is_linked,
    i.invoice_number, i.kind, i.invoice_date,
    i.currency, i.vat_rate, i.subtotal, i.vat_amount, i.total_amount, i.seller_name, i.buyer_name, d.seller::text AS seller,
    d.buyer::text AS buyer, d.due_date, d.source, d.external_id, c.invoice_number AS corrects, d.reason, d.note,
    l.seller_salt, l.buyer_salt, l.seller_hash, l.buyer_hash, l.digest, l.hash, (
        SELECT json_agg(json_build_array(description, product_code, quantity::text, unit_price::text, vat_rate::text)
            ORDER BY position)::text FROM invoices_line WHERE invoice_id = i.id
    ) AS lines
FROM (SELECT * FROM invoices_invoice WHERE series_id = %(series)s AND ordinal >= %(start)s) i
FULL JOIN (SELECT * FROM invoices_link WHERE series_id = %(series)s) l USING (ordinal)
LEFT JOIN invoices_document d ON d.invoice_id = i.id LEFT JOIN invoices_invoice c ON c.id = d.corrects_id
ORDER BY 1
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Break:
    """A number, and what is wrong with it."""

    number: str
    why: str


def prove() -> dict[str, Any]:
    """What the audit's report says of documents; lists are of the first hundred."""
    chains, breaks = _prove_chains()
    return {
        "wrong_lines": _found(_WRONG_LINES),
        "wrong_credits": _found(_WRONG_CREDITS),
        "chains": chains,
        "chain_breaks": [{"number": each.number, "why": each.why} for each in breaks[:MOST_TOLD]],
    }


def _found(statement: str) -> list[dict[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [{"number": number, "why": why} for number, why in cursor.fetchmany(MOST_TOLD)]


def _prove_chains() -> tuple[list[dict[str, Any]], list[Break]]:
    chains, breaks = [], []
    for series in Series.objects.exclude(kind=Series.Kind.TEST).order_by("id"):
        head, count, is_known = b"", 0, bytes(series.chain_head or b"")
        for row in _rows(series):
            breaks += [Break(_number(series, row), why) for why in _wrong(row, head)]
            if row["is_linked"]:
                head, count = bytes(row["hash"]), count + 1
        if head != is_known:
            breaks.append(Break(series.prefix, "has another head than its last link"))
        chains.append({"series": series.prefix, "links": count, "head": head.hex()})
    return chains, breaks


def _rows(series: Series) -> Iterator[Row]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_LINKS, {"series": series.pk, "start": series.chain_start})
        names = None
        for values in cursor:
            names = names or [column.name for column in cursor.description]
            yield dict(zip(names, values, strict=True))


def _number(series: Series, row: Row) -> str:
    return str(row["invoice_number"] or series.number(row["ordinal"]))


def _wrong(row: Row, head: bytes) -> Iterator[str]:
    """What is wrong with a link, after one whose hash is `head`."""
    if not row["is_there"]:
        yield "is gone, and its link is there"
        return
    if not row["is_linked"]:
        yield "has no link"
        return
    seller_hash, buyer_hash, digest = (bytes(row[name]) for name in ("seller_hash", "buyer_hash", "digest"))
    if not _are_people_as_hashed(row, seller_hash, buyer_hash):
        yield "names other people than when it was issued"
    if _entry(row).digest(seller_hash, buyer_hash) != digest:
        yield "says something else than when it was issued"
    if chain.link_hash(head, digest) != bytes(row["hash"]):
        yield "is not linked to the one before it"


def _are_people_as_hashed(row: Row, seller_hash: bytes, buyer_hash: bytes) -> bool:
    """Whether the names are those that were hashed; names whose salt was erased cannot be checked."""
    seller = {"name": row["seller_name"]} if row["seller"] is None else json.loads(row["seller"])
    buyer = {"name": row["buyer_name"]} if row["buyer"] is None else json.loads(row["buyer"])
    remarks = (row["reason"] or "", row["note"] or "")
    return (row["seller_salt"] is None or chain.seller_hash(bytes(row["seller_salt"]), seller) == seller_hash) and (
        row["buyer_salt"] is None or chain.buyer_hash(bytes(row["buyer_salt"]), buyer, remarks) == buyer_hash
    )


def _entry(row: Row) -> chain.Entry:
    return chain.Entry(
        number=row["invoice_number"],
        kind=row["kind"],
        issued_at=row["invoice_date"],
        currency=row["currency"],
        vat_rate=row["vat_rate"],
        subtotal=row["subtotal"],
        vat_amount=row["vat_amount"],
        total_amount=row["total_amount"],
        due_date=row["due_date"],
        source=row["source"] or "",
        external_id=row["external_id"] or "",
        corrects=row["corrects"],
        lines=[_line(*values) for values in json.loads(row["lines"] or "[]")],
    )


def _line(description: str, product_code: str, quantity: str, unit_price: str, vat_rate: str) -> Line:
    return Line(
        description=description,
        product_code=product_code,
        quantity=Decimal(quantity),
        unit_price=Decimal(unit_price),
        vat_rate=Decimal(vat_rate),
    )
