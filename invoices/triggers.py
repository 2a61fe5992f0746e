"""What the database itself keeps true of invoices, whoever writes: exact totals, and that issued is issued.

Totals are kept by statement triggers with transition tables, in the same transaction for every write path. Rows are
taken in the order of their key, which is the published lock order (docs/locks.md).

An invoice's series and run exist. PostgreSQL's own foreign keys ask for each row (a third of what a row costs), so this is
kept by the statement: whoever writes an invoice writes the totals of its series, whose foreign key sees that it exists;
its run must be there, and runs are never deleted; a series that has invoices is not deleted either.
"""

from __future__ import annotations

import pgtrigger

_ADD_TOTALS = """
    INSERT INTO invoices_totals AS t
        (series_id, currency, invoice_count, subtotal_amount, vat_amount, total_amount, changed_at)
    SELECT series_id, currency, sum(n), sum(subtotal), sum(vat), sum(total), clock_timestamp()
    FROM ({source}) AS change
    GROUP BY series_id, currency
    ORDER BY series_id, currency
    ON CONFLICT (series_id, currency) DO UPDATE SET
        invoice_count = t.invoice_count + excluded.invoice_count,
        subtotal_amount = t.subtotal_amount + excluded.subtotal_amount,
        vat_amount = t.vat_amount + excluded.vat_amount,
        total_amount = t.total_amount + excluded.total_amount,
        changed_at = greatest(clock_timestamp(), t.changed_at + interval '1 microsecond');
    RETURN NULL;
"""
_PLUS = "SELECT series_id, currency, 1 AS n, subtotal, vat_amount AS vat, total_amount AS total FROM new_rows"
_MINUS = (
    "SELECT series_id, currency, -1 AS n, -subtotal AS subtotal, -vat_amount AS vat, -total_amount AS total"
    " FROM old_rows"
)

_REFUSE_REAL = """
    IF EXISTS (SELECT 1 FROM ({rows}) AS r JOIN invoices_series s ON s.id = r.series_id WHERE s.kind <> 'test') THEN
        RAISE EXCEPTION 'An issued invoice is never {done}; correct it by a credit note.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
"""

# The names of a real invoice are replaced only where a row says who erased them and on what basis.
_REFUSE_CHANGED_REAL = """
    IF EXISTS (
        SELECT 1 FROM old_rows o FULL JOIN new_rows n ON n.id = o.id
        JOIN invoices_series s ON s.id IN (o.series_id, n.series_id) AND s.kind <> 'test'
        WHERE o.id IS NULL OR n.id IS NULL OR NOT EXISTS (SELECT 1 FROM invoices_erasure e WHERE e.invoice_id = o.id)
        OR to_jsonb(n) - '{seller_name,buyer_name}'::text[] <> to_jsonb(o) - '{seller_name,buyer_name}'::text[]
        OR (n.seller_name <> o.seller_name AND NOT (n.seller_name = 'erased' AND EXISTS (
            SELECT 1 FROM invoices_erasure e WHERE e.invoice_id = o.id AND e.role = 'seller')))
        OR (n.buyer_name <> o.buyer_name AND NOT (n.buyer_name = 'erased' AND EXISTS (
            SELECT 1 FROM invoices_erasure e WHERE e.invoice_id = o.id AND e.role = 'buyer')))
    ) THEN
        RAISE EXCEPTION 'An issued invoice is never changed; correct it by a credit note.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
"""

# Django's tests empty tables by TRUNCATE; only a database that is named as theirs are lets them.
_REFUSE_TRUNCATE = """
    IF current_database() NOT LIKE 'test\\_%' AND EXISTS (
        SELECT 1 FROM invoices_series s WHERE s.kind <> 'test'
        AND EXISTS (SELECT 1 FROM invoices_invoice i WHERE i.series_id = s.id)
    ) THEN
        RAISE EXCEPTION 'Issued invoices are never deleted; there are real ones in this table.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
"""

# One question for both: what is asked of a statement is what a single invoice pays for.
_REFUSE_STRANGERS = """
    SELECT bool_or(s.document <> n.kind), bool_or(n.run_id IS NOT NULL AND r.id IS NULL) INTO is_other_kind, has_no_run
    FROM (SELECT DISTINCT series_id, kind, run_id FROM new_rows) AS n
    LEFT JOIN invoices_series s ON s.id = n.series_id LEFT JOIN invoices_run r ON r.id = n.run_id;
    IF has_no_run THEN
        RAISE EXCEPTION 'An invoice is of a run that exists, or of none.' USING ERRCODE = 'foreign_key_violation';
    ELSIF is_other_kind THEN
        RAISE EXCEPTION 'A series holds invoices or credit notes, never both.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
_STRANGERS = [("is_other_kind", "boolean"), ("has_no_run", "boolean")]

_REFUSE_WITH_INVOICES = """
    IF EXISTS (SELECT 1 FROM invoices_invoice WHERE series_id = OLD.id) THEN
        RAISE EXCEPTION 'Series % has invoices, so it is never deleted.', OLD.prefix USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
"""

_REFUSE_RUN = """
    RAISE EXCEPTION 'Run % is history: it is never deleted, and keeps its id.', OLD.id USING ERRCODE = 'restrict_violation';
"""

# After the TRUNCATE: invoices that go in the same statement are gone by then.
_REFUSE_LEAVING_INVOICES = """
    IF EXISTS (SELECT 1 FROM invoices_invoice) THEN
        RAISE EXCEPTION 'What invoices belong to is never deleted; truncate them in the same statement if they may go.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
"""

# Whoever changes or deletes generated invoices by hand makes search read their series row by row again. The lock keeps the
# upkeep from covering what is being changed.
_FORGET_SEARCH = """
    IF EXISTS (SELECT 1 FROM invoices_series WHERE closed_at IS NULL AND id IN (SELECT series_id FROM old_rows)) THEN
        PERFORM pg_advisory_xact_lock(1900546);
        DELETE FROM invoices_posting WHERE chunk_id IN (
            SELECT id FROM invoices_chunk WHERE series_id IN (SELECT series_id FROM old_rows));
        DELETE FROM invoices_chunk WHERE series_id IN (SELECT series_id FROM old_rows);
    END IF;
    RETURN NULL;
"""

# Their conditions are asked for by the executor: whoever only takes numbers, as each issue does, calls no function.
_OTHER_IDENTITY = (
    "ROW(OLD.id, OLD.kind, OLD.prefix, OLD.feed_id, OLD.document)"
    " IS DISTINCT FROM ROW(NEW.id, NEW.kind, NEW.prefix, NEW.feed_id, NEW.document)"
)
_REFUSE_IDENTITY = """
    RAISE EXCEPTION 'The id, kind, prefix, feed and document of a series never change; open another series.'
        USING ERRCODE = 'restrict_violation';
"""
# Printed numbers are unique in a series because one pattern makes all of them.
_OTHER_PATTERN = (
    "NEW.last_ordinal > 0 AND ROW(OLD.pattern, OLD.start, OLD.root, OLD.year)"
    " IS DISTINCT FROM ROW(NEW.pattern, NEW.start, NEW.root, NEW.year)"
)
_REFUSE_OTHER_PATTERN = """
    RAISE EXCEPTION 'Series % has issued documents, so its pattern, start and year stay; open another series.', OLD.prefix
        USING ERRCODE = 'restrict_violation';
"""
_REFUSE_BACKWARDS = """
    RAISE EXCEPTION 'The numbers of series % never go back from % to %.', OLD.prefix, OLD.last_ordinal, NEW.last_ordinal
        USING ERRCODE = 'restrict_violation';
"""


_EMPTY = "DELETE FROM invoices_totals; DELETE FROM invoices_posting; DELETE FROM invoices_chunk; RETURN NULL;"


def _before_each(name: str, operation: pgtrigger.Operation, func: str, condition: str = "") -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=operation,
        condition=pgtrigger.Condition(condition) if condition else None,
        func=func,
    )


def after(
    name: str, operation: pgtrigger.Operation, func: str, *, declare: list[tuple[str, str]] | None = None, **tables: str
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables) if tables else None,
        declare=declare,
        func=func,
    )


INVOICE_TRIGGERS = [
    after("totals_insert", pgtrigger.Insert, _ADD_TOTALS.format(source=_PLUS), new="new_rows"),
    after(
        "totals_update",
        pgtrigger.Update,
        _ADD_TOTALS.format(source=f"{_PLUS} UNION ALL {_MINUS}"),
        old="old_rows",
        new="new_rows",
    ),
    after("totals_delete", pgtrigger.Delete, _ADD_TOTALS.format(source=_MINUS), old="old_rows"),
    after("belongs_insert", pgtrigger.Insert, _REFUSE_STRANGERS, declare=_STRANGERS, new="new_rows"),
    after("belongs_update", pgtrigger.Update, _REFUSE_STRANGERS, declare=_STRANGERS, old="old_rows", new="new_rows"),
    after("search_update", pgtrigger.Update, _FORGET_SEARCH, old="old_rows", new="new_rows"),
    after("search_delete", pgtrigger.Delete, _FORGET_SEARCH, old="old_rows"),
    # By DELETE: a TRUNCATE of several tables, as a flush is, is still at work on them when this is called.
    after("totals_truncate", pgtrigger.Truncate, _EMPTY),
    after(
        "immutable_update",
        pgtrigger.Update,
        _REFUSE_CHANGED_REAL,
        old="old_rows",
        new="new_rows",
    ),
    after(
        "immutable_delete",
        pgtrigger.Delete,
        _REFUSE_REAL.format(rows="SELECT series_id FROM old_rows", done="deleted"),
        old="old_rows",
    ),
    pgtrigger.Trigger(
        name="immutable_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=_REFUSE_TRUNCATE,
    ),
]

SERIES_TRIGGERS = [
    _before_each("series_identity", pgtrigger.Update, _REFUSE_IDENTITY, condition=_OTHER_IDENTITY),
    _before_each("series_pattern", pgtrigger.Update, _REFUSE_OTHER_PATTERN, condition=_OTHER_PATTERN),
    _before_each(
        "series_numbers_rise", pgtrigger.Update, _REFUSE_BACKWARDS, condition="NEW.last_ordinal < OLD.last_ordinal"
    ),
    _before_each("series_with_invoices", pgtrigger.Delete, _REFUSE_WITH_INVOICES),
    after("series_truncate", pgtrigger.Truncate, _REFUSE_LEAVING_INVOICES),
]

RUN_TRIGGERS = [
    _before_each("run_stays", pgtrigger.Delete, _REFUSE_RUN),
    _before_each("run_identity", pgtrigger.Update, _REFUSE_RUN, condition="OLD.id <> NEW.id"),
    after("run_truncate", pgtrigger.Truncate, _REFUSE_LEAVING_INVOICES),
]
