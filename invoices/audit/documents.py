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
from invoices.documents.details import PERSONAL, read_line_allowances
from invoices.documents.types import ZERO, Line, VatGroup, default_category
from invoices.models import Series

MOST_SHOWN = 100

# A number, and what is wrong with it. Documents belong to real invoices, whose series stay open permanently.
_WRONG_LINES = """
SELECT coalesce(i.invoice_number, 'invoice ' || coalesce(d.invoice_id, l.invoice_id)), CASE
    WHEN d.invoice_id IS NULL OR i.id IS NULL THEN 'is gone, and left lines or parties behind'
    WHEN l.invoice_id IS NULL THEN 'has lost its lines'
    WHEN l.first <> 1 OR l.last <> l.n THEN 'has lost a line'
    WHEN NOT l.are_exact THEN 'has a line that is not quantity x unit price'
    WHEN l.net + coalesce(d.adjusted, 0) <> i.subtotal THEN 'does not come to the sum of its lines'
    ELSE 'names another seller or buyer than its row' END
FROM (
    SELECT *, (SELECT sum(a.amount) FROM jsonb_to_recordset(adjustments) AS a(amount numeric)) AS adjusted
    FROM invoices_document
) d
FULL JOIN (
    SELECT invoice_id, count(*) AS n, min(position) AS first, max(position) AS last, sum(net) AS net,
        bool_and(net = round(quantity * unit_price, 2) - coalesce(allowance_amount, 0)) AS are_exact
    FROM invoices_line GROUP BY invoice_id
) AS l ON l.invoice_id = d.invoice_id
LEFT JOIN invoices_invoice i ON i.id = d.invoice_id
WHERE d.invoice_id IS NULL OR i.id IS NULL OR l.invoice_id IS NULL OR l.first <> 1 OR l.last <> l.n OR NOT l.are_exact
    OR l.net + coalesce(d.adjusted, 0) <> i.subtotal
    OR (d.seller ->> 'name') <> i.seller_name OR (d.buyer ->> 'name') <> i.buyer_name
ORDER BY 1
"""
# Lines, allowances and charges by rate and category, against the groups; groups against the invoice and their bound.
_WRONG_GROUPS = """
SELECT coalesce(i.invoice_number, 'invoice ' || g.invoice_id), CASE
    WHEN i.id IS NULL THEN 'is gone, and left VAT groups behind'
    WHEN NOT g.fit THEN 'has a VAT group that its lines do not come to'
    WHEN NOT g.is_bounded THEN 'has a VAT too far from net x rate'
    ELSE 'has another VAT than its VAT groups' END
FROM (
    SELECT coalesce(g.invoice_id, p.invoice_id) AS invoice_id, sum(g.net) AS net, sum(g.vat) AS vat,
        CASE WHEN min(g.rate) = max(g.rate) THEN min(g.rate) END AS rate,
        bool_and(coalesce(g.net = p.net AND (g.roundings = p.roundings OR g.roundings = x.roundings), false)) AS fit,
        bool_and(g.rate > 0 AND abs(g.vat - round(g.net * g.rate, g.decimals))
            <= least((g.roundings * (1 + g.rate) + 1) * 0.5 * power(10::numeric, -g.decimals), 1)
            OR g.rate = 0 AND g.vat = 0) AS is_bounded
    FROM invoices_vatgroup g
    FULL JOIN (
        SELECT invoice_id, rate, category, sum(net) AS net, sum(roundings) AS roundings FROM (
            SELECT invoice_id, vat_rate AS rate, vat_category AS category, net, greatest(1, ceil(abs(quantity))) AS roundings
            FROM invoices_line
            UNION ALL SELECT d.invoice_id, a.vat_rate, a.vat_category, a.amount, 1 FROM invoices_document d
            CROSS JOIN LATERAL jsonb_to_recordset(d.adjustments) AS a(amount numeric, vat_rate numeric, vat_category text)
        ) AS amounts GROUP BY invoice_id, rate, category
    ) p ON p.invoice_id = g.invoice_id AND p.rate = g.rate AND p.category = g.category
    LEFT JOIN invoices_document d ON d.invoice_id = g.invoice_id
    LEFT JOIN invoices_vatgroup x ON x.invoice_id = d.corrects_id AND x.rate = g.rate AND x.category = g.category
    GROUP BY 1
) g LEFT JOIN invoices_invoice i ON i.id = g.invoice_id
WHERE i.id IS NULL OR g.fit IS NOT TRUE OR g.is_bounded IS NOT TRUE OR (g.net, g.vat) <> (i.subtotal, i.vat_amount)
    OR g.rate IS DISTINCT FROM i.vat_rate
ORDER BY 1
"""
_WRONG_CREDITS = """
SELECT coalesce(c.invoice_number, 'invoice ' || coalesce(found.corrects_id, kept.invoice_id)), CASE
    WHEN c.id IS NULL THEN 'is gone, and is credited' WHEN c.kind <> 'invoice' THEN 'is corrected, and is no invoice'
    WHEN found.others > 0 THEN 'is credited in another currency'
    WHEN found.credited IS DISTINCT FROM kept.credited_amount THEN 'is not credited as much as its credit notes come to'
    ELSE 'is credited beyond its total' END
FROM (
    SELECT d.corrects_id, sum(n.total_amount) FILTER (WHERE n.currency = c.currency OR c.id IS NULL) AS credited,
        count(*) FILTER (WHERE n.currency <> c.currency AND NOT coalesce('credit-differs' = ANY(d.accepted), false)) AS others
    FROM invoices_document d JOIN invoices_invoice n ON n.id = d.invoice_id
    LEFT JOIN invoices_invoice c ON c.id = d.corrects_id WHERE d.corrects_id IS NOT NULL GROUP BY 1
) AS found FULL JOIN invoices_credit kept ON kept.invoice_id = found.corrects_id
LEFT JOIN invoices_invoice c ON c.id = coalesce(found.corrects_id, kept.invoice_id)
WHERE c.id IS NULL OR c.kind <> 'invoice' OR found.credited IS DISTINCT FROM kept.credited_amount
    OR found.others > 0 OR found.credited > c.total_amount OR kept.total_amount <> c.total_amount
UNION ALL
SELECT coalesce(i.invoice_number, 'invoice ' || coalesce(found.corrects_id, kept.invoice_id)), CASE
    WHEN kept.invoice_id IS NULL OR (found.net, found.vat) IS DISTINCT FROM (kept.credited_net, kept.credited_vat)
        THEN 'is not credited as much of a VAT rate as its credit notes come to'
    ELSE 'is credited beyond the net or VAT of a rate' END
FROM (
    SELECT d.corrects_id, g.rate, g.category, sum(g.net) AS net, sum(g.vat) AS vat
    FROM invoices_vatgroup g JOIN invoices_document d ON d.invoice_id = g.invoice_id
    JOIN invoices_invoice n ON n.id = d.invoice_id JOIN invoices_invoice c ON c.id = d.corrects_id AND c.currency = n.currency
    JOIN invoices_vatgroup x ON x.invoice_id = d.corrects_id AND x.rate = g.rate AND x.category = g.category
    GROUP BY 1, 2, 3
) AS found FULL JOIN invoices_groupcredit kept
    ON kept.invoice_id = found.corrects_id AND kept.rate = found.rate AND kept.category = found.category
LEFT JOIN invoices_vatgroup x ON x.invoice_id = kept.invoice_id AND x.rate = kept.rate AND x.category = kept.category
LEFT JOIN invoices_invoice i ON i.id = coalesce(found.corrects_id, kept.invoice_id)
WHERE (found.net, found.vat) IS DISTINCT FROM (kept.credited_net, kept.credited_vat)
    OR (x.net, x.vat) IS DISTINCT FROM (kept.net, kept.vat)
    OR kept.is_capped AND NOT (abs(found.net) <= abs(x.net) AND abs(found.vat) <= abs(x.vat)
        AND (found.net <> x.net OR found.vat = x.vat))
UNION ALL
SELECT i.invoice_number, 'credits a VAT rate that the invoice does not have'
FROM invoices_vatgroup g JOIN invoices_document d ON d.invoice_id = g.invoice_id
JOIN invoices_invoice i ON i.id = g.invoice_id JOIN invoices_invoice c ON c.id = d.corrects_id AND c.currency = i.currency
JOIN invoices_link l ON l.series_id = i.series_id AND l.ordinal = i.ordinal AND l.version > 1
WHERE NOT coalesce('credit-differs' = ANY(d.accepted), false)
    AND EXISTS (SELECT 1 FROM invoices_vatgroup y WHERE y.invoice_id = c.id)
    AND NOT EXISTS (
        SELECT 1 FROM invoices_vatgroup x WHERE x.invoice_id = c.id AND x.rate = g.rate AND x.category = g.category)
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
    i.invoice_number, i.printed_number, i.kind, i.invoice_date,
    i.currency, i.vat_rate, i.subtotal, i.vat_amount, i.total_amount, i.seller_name, i.buyer_name, d.seller::text AS seller,
    d.buyer::text AS buyer, d.due_date, d.source, d.external_id, c.invoice_number AS corrects, d.reason, d.note,
    d.day, d.prepaid_amount, d.rounding_amount, d.adjustments::text AS adjustments, d.details::text AS details, d.accepted,
    l.seller_salt, l.buyer_salt, l.seller_hash, l.buyer_hash, l.digest, l.hash, l.version, (
        SELECT json_agg(json_build_array(description, product_code, quantity::text, unit_price::text, vat_rate::text,
            net::text, vat_category, exemption_reason, allowances) ORDER BY position)::text
        FROM invoices_line WHERE invoice_id = i.id
    ) AS lines, (
        SELECT json_agg(json_build_array(rate::text, category, net::text, vat::text, roundings, reason)
            ORDER BY rate, category)::text
        FROM invoices_vatgroup WHERE invoice_id = i.id
    ) AS vat_groups
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
    """The part of the audit's report about documents; each list has the first hundred."""
    chains, breaks = _prove_chains()
    return {
        "wrong_lines": _found(_WRONG_LINES),
        "wrong_vat": _found(_WRONG_GROUPS),
        "wrong_credits": _found(_WRONG_CREDITS),
        "chains": chains,
        "chain_breaks": [{"number": each.number, "why": each.why} for each in breaks[:MOST_SHOWN]],
    }


def _found(statement: str) -> list[dict[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [{"number": number, "why": why} for number, why in cursor.fetchmany(MOST_SHOWN)]


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
    """The errors of one link of a chain, as predicates of its document; `head` is the hash of the link before it."""
    if not row["is_there"]:
        yield "is gone, and its link is there"
        return
    if not row["is_linked"]:
        yield "has no link"
        return
    seller_hash, buyer_hash, digest = (bytes(row[name]) for name in ("seller_hash", "buyer_hash", "digest"))
    if not _are_people_as_hashed(row, seller_hash, buyer_hash):
        yield "names other people than when it was issued"
    if _entry(row).digest(seller_hash, buyer_hash, row["version"]) != digest:
        yield "says something else than when it was issued"
    if chain.link_hash(head, digest) != bytes(row["hash"]):
        yield "is not linked to the one before it"


def _are_people_as_hashed(row: Row, seller_hash: bytes, buyer_hash: bytes) -> bool:
    """Whether the names are those that were hashed; names whose salt was erased cannot be checked."""
    seller = {"name": row["seller_name"]} if row["seller"] is None else json.loads(row["seller"])
    buyer = {"name": row["buyer_name"]} if row["buyer"] is None else json.loads(row["buyer"])
    remarks = (row["reason"] or "", row["note"] or "")
    personal = {name: value for name, value in _details(row).items() if name in PERSONAL}
    return (row["seller_salt"] is None or chain.seller_hash(bytes(row["seller_salt"]), seller) == seller_hash) and (
        row["buyer_salt"] is None or chain.buyer_hash(bytes(row["buyer_salt"]), buyer, remarks, personal) == buyer_hash
    )


def _details(row: Row) -> dict[str, Any]:
    details: dict[str, Any] = json.loads(row["details"] or "{}")
    return details


def _entry(row: Row) -> chain.Entry:
    lines = json.loads(row["lines"] or "[]")
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
        lines=[_line(*values) for values in lines],
        nets=[Decimal(values[5]) for values in lines],
        printed_number=row["printed_number"],
        day=row["day"],
        vat_groups=[_group(*values) for values in json.loads(row["vat_groups"] or "[]")],
        prepaid_amount=row["prepaid_amount"] or ZERO,
        rounding_amount=row["rounding_amount"] or ZERO,
        adjustments=json.loads(row["adjustments"] or "[]"),
        details={name: value for name, value in _details(row).items() if name not in PERSONAL},
        accepted=row["accepted"] or [],
    )


def _line(
    description: str, product_code: str, quantity: str, unit_price: str, vat_rate: str, net: str, category: str,
    exemption_reason: str | None, allowances: list[dict[str, Any]] | None,
) -> Line:  # fmt: skip
    rate = Decimal(vat_rate)
    return Line(
        description=description,
        product_code=product_code,
        quantity=Decimal(quantity),
        unit_price=Decimal(unit_price),
        vat_rate=rate,
        vat_category="" if category == default_category(rate) else category,
        exemption_reason=exemption_reason or "",
        allowances=read_line_allowances(allowances or []),
    )


def _group(rate: str, category: str, net: str, vat: str, roundings: int, reason: str) -> VatGroup:
    return VatGroup(
        rate=Decimal(rate), category=category, net=Decimal(net), vat=Decimal(vat), roundings=roundings, reason=reason
    )
