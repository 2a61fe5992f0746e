"""What the database itself keeps true of documents, whoever writes.

A document belongs to an invoice that is not generated; a credit note corrects an invoice, never beyond its total nor beyond
the net and VAT of a rate, or says why it corrects nothing; VAT groups and then lines are written by one statement each and
add up. All of it is kept by the statement, as the keys of `invoices_invoice` are: rows are looked at together, and by their
primary keys. What was issued stays, but for parties that an erasure names, and for the rows of test series, which may go.
"""

from __future__ import annotations

from typing import Any

import pgtrigger

from invoices.triggers import after

_REFUSE_WITHOUT_INVOICE = """
    IF EXISTS (
        SELECT 1 FROM new_rows d LEFT JOIN invoices_invoice i ON i.id = d.invoice_id
        LEFT JOIN invoices_series s ON s.id = i.series_id
        WHERE s.id IS NULL OR i.run_id IS NOT NULL OR (s.kind = 'test' AND s.feed_id = 'demo')
    ) THEN
        RAISE EXCEPTION 'A document belongs to an invoice that exists and is not generated.'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
"""

# Test series and purchases are corrected by their own kind alone.
_SIDE = "CASE WHEN {series}.kind IN ('test', 'purchase') THEN {series}.kind ELSE 'sales' END"
_IS_ACCEPTED = "coalesce('credit-differs' = ANY(d.accepted), false)"
# Most statements hold invoices alone; `corrects_id` spares them what is asked about corrections.
_REFUSE_WRONG_CORRECTION = f"""
    IF EXISTS (SELECT 1 FROM new_rows WHERE corrects_id IS NOT NULL) AND EXISTS (
        SELECT 1 FROM new_rows d JOIN invoices_invoice i ON i.id = d.invoice_id JOIN invoices_series o ON o.id = i.series_id
        LEFT JOIN invoices_invoice c ON c.id = d.corrects_id LEFT JOIN invoices_series s ON s.id = c.series_id
        WHERE d.corrects_id IS NOT NULL AND (i.kind <> 'credit_note' OR s.id IS NULL OR c.kind <> 'invoice'
            OR {_SIDE.format(series="s")} <> {_SIDE.format(series="o")}
            OR (c.currency <> i.currency AND NOT {_IS_ACCEPTED}))
    ) THEN
        RAISE EXCEPTION 'A credit note corrects a real invoice in its own currency; an invoice corrects nothing.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM new_rows d JOIN invoices_invoice i ON i.id = d.invoice_id
        WHERE i.kind = 'credit_note' AND d.corrects_id IS NULL AND d.reason = ''
    ) THEN
        RAISE EXCEPTION 'A credit note says what it corrects, or the reason why it corrects nothing.'
            USING ERRCODE = 'check_violation';
    END IF;
"""

# The row is the lock, and its CHECK the rule: it holds in every isolation level, for every write path.
_ADD_CREDITS = """
    IF EXISTS (SELECT 1 FROM new_rows WHERE corrects_id IS NOT NULL) THEN
        INSERT INTO invoices_credit AS kept (invoice_id, total_amount, credited_amount)
        SELECT c.id, c.total_amount, sum(i.total_amount) FROM new_rows d
        JOIN invoices_invoice i ON i.id = d.invoice_id
        JOIN invoices_invoice c ON c.id = d.corrects_id AND c.currency = i.currency
        GROUP BY c.id ORDER BY c.id
        ON CONFLICT (invoice_id) DO UPDATE SET credited_amount = kept.credited_amount + excluded.credited_amount;
    END IF;
    RETURN NULL;
"""

# A plan is kept while the tables grow. `OFFSET 0` keeps the planner from joining whole tables by hash: rows of large tables
# are looked up by their keys, however small the tables were when the plan was made.
_REFUSE_LATE_GROUPS = """
    SELECT bool_or(d.invoice_id IS NULL OR d.has_lines), bool_or(d.corrects_id IS NOT NULL) INTO are_late, are_credits
    FROM new_rows g LEFT JOIN LATERAL (
        SELECT d.invoice_id, d.corrects_id,
            (SELECT true FROM invoices_line l WHERE l.invoice_id = d.invoice_id AND l.position = 1) IS NOT NULL AS has_lines
        FROM invoices_document d WHERE d.invoice_id = g.invoice_id OFFSET 0
    ) AS d ON true;
    IF are_late THEN
        RAISE EXCEPTION 'The VAT groups of a document are written before its lines.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT are_credits THEN
        RETURN NULL;
    END IF;
"""
_LATE = [("are_late", "boolean"), ("are_credits", "boolean")]

# Invoices without a document have no groups; their credits are capped in total alone.
_CREDITED_GROUPS = """
    FROM new_rows g JOIN invoices_document d ON d.invoice_id = g.invoice_id AND d.corrects_id IS NOT NULL
    JOIN invoices_invoice i ON i.id = g.invoice_id JOIN invoices_invoice c ON c.id = d.corrects_id AND c.currency = i.currency
    LEFT JOIN invoices_vatgroup x ON x.invoice_id = c.id AND x.rate = g.rate AND x.category = g.category
"""
_ADD_GROUP_CREDITS = f"""
    IF EXISTS (
        SELECT 1 {_CREDITED_GROUPS} WHERE x.invoice_id IS NULL AND NOT {_IS_ACCEPTED}
            AND EXISTS (SELECT 1 FROM invoices_vatgroup y WHERE y.invoice_id = c.id)
    ) THEN
        RAISE EXCEPTION 'A credit note has the VAT rates and categories of the invoice that it corrects.'
            USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO invoices_groupcredit AS kept (invoice_id, rate, category, net, vat, credited_net, credited_vat)
    SELECT x.invoice_id, x.rate, x.category, x.net, x.vat, sum(g.net), sum(g.vat) {_CREDITED_GROUPS}
    WHERE x.invoice_id IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3
    ON CONFLICT (invoice_id, rate, category) DO UPDATE SET
        credited_net = kept.credited_net + excluded.credited_net, credited_vat = kept.credited_vat + excluded.credited_vat;
    RETURN NULL;
"""

# Counted in the table as well: what was there before this statement makes the counts differ.
_REFUSE_WRONG_LINES = """
    IF EXISTS (
        SELECT 1 FROM (
            SELECT part.invoice_id, sum(part.n) AS n, min(part.first) AS first, max(part.last) AS last, count(*) AS groups,
                sum(g.net) AS net, sum(g.vat) AS vat, min(part.rate) AS lowest, max(part.rate) AS highest,
                bool_and(coalesce(g.net = part.net AND (g.roundings = part.roundings OR g.roundings = (
                    SELECT x.roundings FROM invoices_document d JOIN invoices_vatgroup x ON x.invoice_id = d.corrects_id
                    WHERE d.invoice_id = part.invoice_id AND x.rate = part.rate AND x.category = part.category)), false)) AS fit
            FROM (
                SELECT invoice_id, rate, category, sum(n) AS n, min(first) AS first, max(last) AS last, sum(net) AS net,
                    sum(roundings) AS roundings
                FROM (
                    SELECT invoice_id, vat_rate AS rate, vat_category AS category, 1 AS n, position AS first, position AS last,
                        net, greatest(1, ceil(abs(quantity))) AS roundings
                    FROM new_rows
                    UNION ALL
                    SELECT d.invoice_id, a.vat_rate, a.vat_category, 0, NULL, NULL, a.amount, 1
                    FROM (SELECT DISTINCT invoice_id FROM new_rows) AS written
                    CROSS JOIN LATERAL (
                        SELECT invoice_id, adjustments FROM invoices_document o
                        WHERE o.invoice_id = written.invoice_id AND o.adjustments IS NOT NULL OFFSET 0
                    ) AS d
                    CROSS JOIN LATERAL jsonb_to_recordset(d.adjustments)
                        AS a(amount numeric, vat_rate numeric, vat_category text)
                ) AS amounts GROUP BY invoice_id, rate, category
            ) AS part
            LEFT JOIN LATERAL (
                SELECT v.invoice_id, v.net, v.vat, v.roundings FROM invoices_vatgroup v
                WHERE v.invoice_id = part.invoice_id AND v.rate = part.rate AND v.category = part.category OFFSET 0
            ) AS g ON true
            GROUP BY part.invoice_id
        ) AS found
        LEFT JOIN LATERAL (
            SELECT * FROM invoices_invoice o WHERE o.id = found.invoice_id OFFSET 0
        ) AS i ON true
        WHERE i.id IS NULL OR NOT i.has_document OR found.first <> 1 OR found.last <> found.n OR NOT found.fit
            OR found.n <> (SELECT count(*) FROM invoices_line l WHERE l.invoice_id = found.invoice_id)
            OR found.groups <> (SELECT count(*) FROM invoices_vatgroup x WHERE x.invoice_id = found.invoice_id)
            OR (found.net, found.vat) <> (i.subtotal, i.vat_amount)
            OR CASE WHEN found.lowest = found.highest THEN found.lowest END IS DISTINCT FROM i.vat_rate
    ) THEN
        RAISE EXCEPTION 'The lines of a document are written at once, counted from 1, and add up to its amounts.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

_REFUSE = """
    IF EXISTS (SELECT 1 FROM {rows}) THEN
        RAISE EXCEPTION 'What was issued is never changed or deleted; correct it by a credit note.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
"""
_REFUSE_CHANGE = _REFUSE.format(rows="old_rows")
# The invoice goes after all that belongs to it.
_REFUSE_DELETION = _REFUSE.format(
    rows="""old_rows o LEFT JOIN invoices_invoice i ON i.id = o.invoice_id LEFT JOIN invoices_series s ON s.id = i.series_id
        WHERE s.kind IS DISTINCT FROM 'test'"""
)

# A party is replaced only where a row says who erased it and on what basis.
_IS_ERASED = "EXISTS (SELECT 1 FROM invoices_erasure e WHERE e.invoice_id = {invoice} AND e.role = '{role}')"
_PERSONAL = "'{payment,delivery,buyer_reference}'::text[]"
_PARTIES = "'{seller,buyer,reason,note,details}'::text[]"
_REFUSE_CHANGED_DOCUMENT = _REFUSE.format(
    rows=f"""old_rows o LEFT JOIN new_rows n ON n.invoice_id = o.invoice_id
        WHERE n.invoice_id IS NULL OR to_jsonb(n) - {_PARTIES} <> to_jsonb(o) - {_PARTIES}
        OR coalesce(n.details, '{{}}') - {_PERSONAL} <> coalesce(o.details, '{{}}') - {_PERSONAL}
        OR (n.seller <> o.seller AND NOT (n.seller ->> 'name' = 'erased' AND
            {_IS_ERASED.format(invoice="o.invoice_id", role="seller")}))
        OR ((n.buyer, n.reason, n.note, n.details) IS DISTINCT FROM (o.buyer, o.reason, o.note, o.details)
            AND NOT (n.buyer ->> 'name' = 'erased' AND {_IS_ERASED.format(invoice="o.invoice_id", role="buyer")}))"""
)
_SALTS = "'{seller_salt,buyer_salt}'::text[]"
_REFUSE_CHANGED_LINK = _REFUSE.format(
    rows=f"""old_rows o LEFT JOIN new_rows n ON n.series_id = o.series_id AND n.ordinal = o.ordinal
        LEFT JOIN invoices_invoice i ON i.series_id = o.series_id AND i.ordinal = o.ordinal
        WHERE n.series_id IS NULL OR to_jsonb(n) - {_SALTS} <> to_jsonb(o) - {_SALTS}
        OR (n.seller_salt IS DISTINCT FROM o.seller_salt AND NOT (n.seller_salt IS NULL AND
            {_IS_ERASED.format(invoice="i.id", role="seller")}))
        OR (n.buyer_salt IS DISTINCT FROM o.buyer_salt AND NOT (n.buyer_salt IS NULL AND
            {_IS_ERASED.format(invoice="i.id", role="buyer")}))"""
)

# Django's tests empty tables by TRUNCATE; only a database that is named as theirs are lets them.
_REFUSE_TRUNCATE = """
    IF current_database() NOT LIKE 'test\\_%' AND EXISTS (SELECT 1 FROM {table}) THEN
        RAISE EXCEPTION 'Issued documents are never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
"""


def _stays(
    table: str, *, update: str = _REFUSE_CHANGE, deletion: str = _REFUSE_DELETION, **tables: Any
) -> list[pgtrigger.Trigger]:
    """Rows that are written once and for all; `tables` names the new rows where `update` looks at them."""
    return [
        after("issued_update", pgtrigger.Update, update, old="old_rows", **tables),
        after("issued_delete", pgtrigger.Delete, deletion, old="old_rows"),
        truncate_refused(table),
    ]


def truncate_refused(table: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="issued_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=_REFUSE_TRUNCATE.format(table=table),
    )


DOCUMENT_TRIGGERS = [
    after(
        "document_insert",
        pgtrigger.Insert,
        _REFUSE_WITHOUT_INVOICE + _REFUSE_WRONG_CORRECTION + _ADD_CREDITS,
        new="new_rows",
    ),
    *_stays("invoices_document", update=_REFUSE_CHANGED_DOCUMENT, new="new_rows"),
]
GROUP_TRIGGERS = [
    after("group_insert", pgtrigger.Insert, _REFUSE_LATE_GROUPS + _ADD_GROUP_CREDITS, declare=_LATE, new="new_rows"),
    *_stays("invoices_vatgroup"),
]
LINE_TRIGGERS = [after("line_insert", pgtrigger.Insert, _REFUSE_WRONG_LINES, new="new_rows"), *_stays("invoices_line")]
LINK_TRIGGERS = _stays("invoices_link", update=_REFUSE_CHANGED_LINK, deletion=_REFUSE_CHANGE, new="new_rows")
CREDIT_TRIGGERS = [truncate_refused("invoices_credit")]
GROUP_CREDIT_TRIGGERS = [truncate_refused("invoices_groupcredit")]
ERASURE_TRIGGERS = _stays("invoices_erasure")
