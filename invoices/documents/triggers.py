"""The rules that the database itself enforces for documents, on every write path.

A document belongs to a real invoice; a credit note corrects a real invoice in its own currency, never beyond its total, or
says why it corrects nothing; the lines of a document are written by one statement and add up to it. All of it is kept by
the statement, as the keys of `invoices_invoice` are: rows are looked at together, and by their primary keys.
"""

from __future__ import annotations

import pgtrigger

from invoices.triggers import after

_REFUSE_WITHOUT_INVOICE = """
    IF EXISTS (
        SELECT 1 FROM new_rows d LEFT JOIN invoices_invoice i ON i.id = d.invoice_id
        LEFT JOIN invoices_series s ON s.id = i.series_id WHERE s.id IS NULL OR s.kind = 'test'
    ) THEN
        RAISE EXCEPTION 'A document belongs to an invoice that exists and is not generated.'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
"""

_REFUSE_WRONG_CORRECTION = """
    IF EXISTS (
        SELECT 1 FROM new_rows d JOIN invoices_invoice i ON i.id = d.invoice_id
        LEFT JOIN invoices_invoice c ON c.id = d.corrects_id LEFT JOIN invoices_series s ON s.id = c.series_id
        WHERE d.corrects_id IS NOT NULL AND (i.kind <> 'credit_note' OR s.id IS NULL OR s.kind = 'test'
            OR c.kind <> 'invoice' OR c.currency <> i.currency)
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
    INSERT INTO invoices_credit AS kept (invoice_id, total_amount, credited_amount)
    SELECT c.id, c.total_amount, sum(i.total_amount) FROM new_rows d
    JOIN invoices_invoice i ON i.id = d.invoice_id JOIN invoices_invoice c ON c.id = d.corrects_id
    GROUP BY c.id ORDER BY c.id
    ON CONFLICT (invoice_id) DO UPDATE SET credited_amount = kept.credited_amount + excluded.credited_amount;
    RETURN NULL;
"""

# Counted in the table as well: what was there before this statement makes the counts differ.
_REFUSE_WRONG_LINES = """
    IF EXISTS (
        SELECT 1 FROM (
            SELECT invoice_id, sum(n) AS n, min(first) AS first, max(last) AS last, sum(net) AS net, sum(vat) AS vat,
                CASE count(*) WHEN 1 THEN min(vat_rate) END AS vat_rate
            FROM (
                SELECT invoice_id, vat_rate, count(*) AS n, min(position) AS first, max(position) AS last,
                    sum(net) AS net, round(sum(net) * vat_rate, 2) AS vat
                FROM new_rows GROUP BY invoice_id, vat_rate
            ) AS of_rate GROUP BY invoice_id
        ) AS found
        LEFT JOIN invoices_invoice i ON i.id = found.invoice_id
        LEFT JOIN invoices_document d ON d.invoice_id = found.invoice_id
        WHERE d.invoice_id IS NULL OR i.id IS NULL OR found.first <> 1 OR found.last <> found.n
            OR found.n <> (SELECT count(*) FROM invoices_line l WHERE l.invoice_id = found.invoice_id)
            OR (found.net, found.vat) <> (i.subtotal, i.vat_amount) OR found.vat_rate IS DISTINCT FROM i.vat_rate
    ) THEN
        RAISE EXCEPTION 'The lines of a document are written at once, counted from 1, and add up to its amounts.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

_REFUSE_CHANGE = """
    IF EXISTS (SELECT 1 FROM old_rows) THEN
        RAISE EXCEPTION 'What was issued is never changed or deleted; correct it by a credit note.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
"""

# Django's tests empty tables by TRUNCATE; only a database that is named as theirs are lets them.
_REFUSE_TRUNCATE = """
    IF current_database() NOT LIKE 'test\\_%' AND EXISTS (SELECT 1 FROM {table}) THEN
        RAISE EXCEPTION 'Issued documents are never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
"""


def _stays(table: str) -> list[pgtrigger.Trigger]:
    """Rows that are written once and for all."""
    return [
        after("issued_update", pgtrigger.Update, _REFUSE_CHANGE, old="old_rows"),
        after("issued_delete", pgtrigger.Delete, _REFUSE_CHANGE, old="old_rows"),
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
    *_stays("invoices_document"),
]
LINE_TRIGGERS = [after("line_insert", pgtrigger.Insert, _REFUSE_WRONG_LINES, new="new_rows"), *_stays("invoices_line")]
LINK_TRIGGERS = _stays("invoices_link")
CREDIT_TRIGGERS = [truncate_refused("invoices_credit")]
