from django.db import migrations

# Rows of before get what the new columns and tables say of them. The triggers refuse every change of what was issued, so
# they are off meanwhile; no amount, number or link changes.
TABLES = ("invoices_invoice", "invoices_line", "invoices_vatgroup", "invoices_groupcredit")
OFF = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES]
ON = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in TABLES]

CATEGORIES = "UPDATE invoices_line SET vat_category = 'Z' WHERE vat_rate = 0"
PRINTED_NUMBERS = """
UPDATE invoices_invoice i SET printed_number = substr(i.invoice_number, length(s.prefix) + 2)
FROM invoices_series s WHERE s.id = i.series_id AND s.kind = 'external'
"""
WITH_DOCUMENT = """
UPDATE invoices_invoice SET has_document = true WHERE id IN (SELECT invoice_id FROM invoices_document)
"""
GROUPS = """
INSERT INTO invoices_vatgroup (invoice_id, rate, category, net, vat, roundings, decimals, reason)
SELECT invoice_id, vat_rate, vat_category, sum(net), round(sum(net) * vat_rate, 2),
    sum(greatest(1, ceil(abs(quantity)))), 2, ''
FROM invoices_line GROUP BY invoice_id, vat_rate, vat_category
"""
# Credits were capped in total alone: a rate of which more was credited than the invoice has is not capped later either.
CREDITS = """
INSERT INTO invoices_groupcredit (invoice_id, rate, category, net, vat, credited_net, credited_vat, is_capped)
SELECT *, credited_net BETWEEN least(net, 0) AND greatest(net, 0) AND credited_vat BETWEEN least(vat, 0) AND greatest(vat, 0)
    AND (credited_net <> net OR credited_vat = vat)
FROM (
    SELECT x.invoice_id, x.rate, x.category, x.net, x.vat, sum(g.net) AS credited_net, sum(g.vat) AS credited_vat
    FROM invoices_vatgroup g JOIN invoices_document d ON d.invoice_id = g.invoice_id
    JOIN invoices_vatgroup x ON x.invoice_id = d.corrects_id AND x.rate = g.rate AND x.category = g.category
    GROUP BY 1, 2, 3, 4, 5
) AS credited
"""

# As before, and a source's own number is printed as it is.
ISSUE_ONE = """
CREATE OR REPLACE FUNCTION invoices_issue_one(
    series bigint, run bigint, place bigint, given_number text, date timestamptz, seller text, buyer text,
    code text, rate numeric, net numeric, vat numeric, announce boolean
) RETURNS SETOF invoices_series
LANGUAGE plpgsql AS $$
DECLARE
    taken invoices_series;
    digits text;
BEGIN
    UPDATE invoices_series SET last_ordinal = last_ordinal + 1 WHERE id = series AND closed_at IS NULL
    RETURNING * INTO taken;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    digits := taken.last_ordinal::text;
    INSERT INTO invoices_invoice (series_id, ordinal, run_id, run_ordinal, invoice_number, invoice_date, seller_name,
        buyer_name, currency, vat_rate, subtotal, vat_amount, total_amount{columns})
    VALUES (taken.id, taken.last_ordinal, run, place,
        taken.prefix || '-' || coalesce(given_number, lpad(digits, greatest(6, length(digits)), '0')),
        date, seller, buyer, code, rate, net, vat, net + vat{values});
    IF announce THEN
        PERFORM streaming_announce(taken.feed_id, taken.id, taken.last_ordinal, 1);
    END IF;
    RETURN NEXT taken;
END
$$
"""
NEW_FUNCTION = ISSUE_ONE.format(columns=", printed_number", values=", coalesce(given_number, '')")
OLD_FUNCTION = ISSUE_ONE.format(columns="", values="")
FILL = [*OFF, CATEGORIES, PRINTED_NUMBERS, WITH_DOCUMENT, GROUPS, CREDITS, *ON]


class Migration(migrations.Migration):

    dependencies = [("invoices", "0013_vat_groups")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(NEW_FUNCTION, OLD_FUNCTION),
    ]
