"""The rollups: which sums of documents are kept, and by what. A fold, a restatement and a proof use the same SELECT.

A document is summed once per rollup. Its day is that of its date in the zone of its store.
"""

from __future__ import annotations

from dataclasses import dataclass

LIVE, MINUTE = "live", "minute"

_DAY = "(i.invoice_date AT TIME ZONE %(zone)s)::date"
_MONTH = "date_trunc('month', i.invoice_date AT TIME ZONE %(zone)s)::date"

_HOUR = f"""
SELECT date_trunc('hour', i.invoice_date, %(zone)s) AS hour_at, {_DAY} AS local_day, i.currency,
    count(*) AS documents, sum(i.subtotal) AS subtotal, sum(i.vat_amount) AS vat, sum(i.total_amount) AS total
FROM invoices_invoice i WHERE {{documents}} GROUP BY 1, 2, 3
"""

_DAYS = f"""
SELECT {_DAY} AS local_day, i.currency,
    count(*) AS documents, sum(i.subtotal) AS subtotal, sum(i.vat_amount) AS vat, sum(i.total_amount) AS total
FROM invoices_invoice i WHERE {{documents}} GROUP BY 1, 2
"""

# Looked up for each invoice: where few of many invoices have lines or a document, PostgreSQL merges both tables instead,
# and reads the index of all invoices for each batch. OFFSET 0 prevents that.
_OF_INVOICE = "LATERAL (SELECT * FROM {table} WHERE invoice_id = i.id OFFSET 0) {alias} ON true"
LINES_OF_INVOICE = _OF_INVOICE.format(table="invoices_line", alias="l")
DOCUMENT_OF_INVOICE = _OF_INVOICE.format(table="invoices_document", alias="d")

# The product of a line `l` by the SKU of a variant, of the store that the SQL expression names.
PRODUCT_OF_LINE = """commerce_variant v ON v.store_id = {store} AND v.sku = l.product_code
    LEFT JOIN commerce_product p ON p.id = v.product_id"""

# Lines by a column of theirs, and under '' what they leave of the subtotals.
_LINES = f"""
SELECT {{bucket}} AS {{bucket_name}}, {{column}} AS {{name}}, i.currency,
    count(*) AS lines, sum(l.quantity) AS quantity, sum(l.net) AS net
FROM invoices_invoice i JOIN {LINES_OF_INVOICE} {{join}} WHERE {{{{documents}}}} GROUP BY 1, 2, 3
"""
_WITH_REST = """
WITH of_lines AS ({lines}), of_documents AS (
    SELECT {bucket} AS {bucket_name}, i.currency, sum(i.subtotal) AS subtotal
    FROM invoices_invoice i WHERE {{documents}} GROUP BY 1, 2
)
SELECT {bucket_name}, {name}, currency, sum(lines) AS lines, sum(quantity) AS quantity, sum(net) AS net FROM (
    SELECT * FROM of_lines
    UNION ALL SELECT d.{bucket_name}, '', d.currency, 0, 0, d.subtotal - coalesce(sum(l.net), 0)
    FROM of_documents d LEFT JOIN of_lines l ON l.{bucket_name} = d.{bucket_name} AND l.currency = d.currency
    GROUP BY d.{bucket_name}, d.currency, d.subtotal
) AS parts GROUP BY 1, 2, 3 HAVING (sum(lines), sum(net)) <> (0, 0)
"""


def _by_lines(*, bucket: str, bucket_name: str, column: str, name: str, join: str = "") -> str:
    lines = _LINES.format(bucket=bucket, bucket_name=bucket_name, column=column, name=name, join=join)
    return _WITH_REST.format(lines=lines, bucket=bucket, bucket_name=bucket_name, name=name)


_REFUNDS = f"""
SELECT (coalesce(c.invoice_date, i.invoice_date) AT TIME ZONE %(zone)s)::date AS local_day, i.currency,
    count(*) AS documents, sum(i.subtotal) AS subtotal, sum(i.vat_amount) AS vat, sum(i.total_amount) AS total
FROM invoices_invoice i LEFT JOIN {DOCUMENT_OF_INVOICE}
LEFT JOIN LATERAL (SELECT * FROM invoices_invoice WHERE id = d.corrects_id OFFSET 0) c ON true
WHERE {{documents}} AND i.kind = 'credit_note' GROUP BY 1, 2
"""

# What identifies a buyer within a store: the shop's own id, else the VAT id, else the e-mail address.
_IDENTITY = """coalesce('id ' || nullif(d.buyer->>'external_id', ''),
    'vat ' || nullif(upper(replace(d.buyer->>'vat_id', ' ', '')), ''), 'mail ' || nullif(lower(d.buyer->>'email'), ''))"""
DIGEST = f"sha256(convert_to({_IDENTITY}, 'UTF8'))"
BUYERS = f"""
SELECT DISTINCT {DIGEST} AS digest FROM invoices_invoice i JOIN {DOCUMENT_OF_INVOICE}
WHERE {{documents}} AND {_IDENTITY} IS NOT NULL
"""
# Documents without a known buyer are under customer 0, so that customers add up to the revenue.
_CUSTOMER_DAYS = f"""
SELECT coalesce(k.id, 0) AS customer_id, {_DAY} AS local_day, i.currency, count(*) AS documents, sum(i.subtotal) AS net
FROM invoices_invoice i LEFT JOIN {DOCUMENT_OF_INVOICE}
LEFT JOIN facts_customer k ON k.store_id = %(store)s AND k.digest = {DIGEST}
WHERE {{documents}} GROUP BY 1, 2, 3
"""
COUNTRY = "coalesce(d.buyer->>'country', '')"
_COUNTRY_DAYS = f"""
SELECT {_DAY} AS local_day, {COUNTRY} AS country, i.currency,
    count(*) AS documents, sum(i.subtotal) AS subtotal, sum(i.vat_amount) AS vat, sum(i.total_amount) AS total
FROM invoices_invoice i LEFT JOIN {DOCUMENT_OF_INVOICE} WHERE {{documents}} GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, kw_only=True)
class Rollup:
    """A table of sums. `keys` and `measures` are the columns of `select`, whose documents `{documents}` chooses.

    `bucket` is the column of the day or month.
    """

    table: str
    group: str
    bucket: str
    keys: tuple[str, ...]
    others: tuple[str, ...] = ()
    measures: tuple[str, ...]
    select: str
    # What decides the bucket of a document.
    moment: str = "i.invoice_date"
    # Keys that stay as they were when they were folded, even when a category or a zone changes later.
    stamped: tuple[str, ...] = ()
    # Keys that documents do not have any more after their buyer was erased.
    erasable: tuple[str, ...] = ()

    def found(self, documents: str) -> str:
        """A SELECT of the sums over the documents that the condition `documents` chooses."""
        return self.select.format(documents=documents)

    def add(self, documents: str) -> str:
        """A statement that adds these sums to the table."""
        columns = ", ".join((*self.keys, *self.others, *self.measures))
        sums = ", ".join(f"{name} = r.{name} + excluded.{name}" for name in self.measures)
        return f"""
            INSERT INTO {self.table} AS r (generation, series_id, store_id, kind, {columns})
            SELECT %(generation)s, %(series)s, %(store)s, %(kind)s, {columns} FROM ({self.found(documents)}) AS found
            ORDER BY {", ".join(self.keys)}
            ON CONFLICT (generation, series_id, {", ".join(self.keys)}) DO UPDATE SET {sums}
        """


HOUR = Rollup(
    table="facts_hour", group=LIVE, bucket="local_day", keys=("hour_at", "currency"), others=("local_day",),
    measures=("documents", "subtotal", "vat", "total"), select=_HOUR,
)  # fmt: skip
# Most questions are of days: a year of them is read in a twenty-fourth of the rows.
DAY = Rollup(
    table="facts_day", group=LIVE, bucket="local_day", keys=("local_day", "currency"),
    measures=("documents", "subtotal", "vat", "total"), select=_DAYS,
)  # fmt: skip
DAY_CATEGORY = Rollup(
    table="facts_daycategory", group=LIVE, bucket="local_day", keys=("local_day", "category", "currency"),
    stamped=("category",),
    measures=("lines", "quantity", "net"),
    select=_by_lines(
        bucket=_DAY, bucket_name="local_day", column="coalesce(p.category, '')", name="category",
        join=f"LEFT JOIN {PRODUCT_OF_LINE.format(store='%(store)s')}",
    ),
)  # fmt: skip
MONTH_PRODUCT = Rollup(
    table="facts_monthproduct", group=MINUTE, bucket="month", keys=("month", "product_code", "currency"),
    measures=("lines", "quantity", "net"),
    select=_by_lines(bucket=_MONTH, bucket_name="month", column="l.product_code", name="product_code"),
)  # fmt: skip
REFUND_SALE_DAY = Rollup(
    table="facts_refundsaleday", group=MINUTE, bucket="local_day", keys=("local_day", "currency"),
    moment="coalesce(c.invoice_date, i.invoice_date)",
    measures=("documents", "subtotal", "vat", "total"), select=_REFUNDS,
)  # fmt: skip
CUSTOMER_DAY = Rollup(
    table="facts_customerday", group=MINUTE, bucket="local_day", keys=("customer_id", "local_day", "currency"),
    measures=("documents", "net"), select=_CUSTOMER_DAYS, erasable=("customer_id",),
)  # fmt: skip
DAY_COUNTRY = Rollup(
    table="facts_daycountry", group=MINUTE, bucket="local_day", keys=("local_day", "country", "currency"),
    measures=("documents", "subtotal", "vat", "total"), select=_COUNTRY_DAYS,
)  # fmt: skip
ROLLUPS = (HOUR, DAY, DAY_CATEGORY, MONTH_PRODUCT, REFUND_SALE_DAY, CUSTOMER_DAY, DAY_COUNTRY)
TABLES = (*(rollup.table for rollup in ROLLUPS), "facts_firstpurchase", "facts_cohort", "facts_watermark", "facts_zone")


def of_group(group: str) -> tuple[Rollup, ...]:
    """The rollups that share the watermarks of `group`."""
    return tuple(rollup for rollup in ROLLUPS if rollup.group == group)
