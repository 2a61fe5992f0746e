from django.db import migrations

# What `invoices/issue.py` does for many in four statements, for one in a single one, in the same lock order: series,
# totals (by trigger), feed. No row when the series is closed or unknown.
ISSUE_ONE = """
CREATE FUNCTION invoices_issue_one(
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
        buyer_name, currency, vat_rate, subtotal, vat_amount, total_amount)
    VALUES (taken.id, taken.last_ordinal, run, place,
        taken.prefix || '-' || coalesce(given_number, lpad(digits, greatest(6, length(digits)), '0')),
        date, seller, buyer, code, rate, net, vat, net + vat);
    IF announce THEN
        PERFORM streaming_announce(taken.feed_id, taken.id, taken.last_ordinal, 1);
    END IF;
    RETURN NEXT taken;
END
$$
"""
DROP = """
DROP FUNCTION invoices_issue_one(
    bigint, bigint, bigint, text, timestamptz, text, text, text, numeric, numeric, numeric, boolean
)
"""


class Migration(migrations.Migration):

    dependencies = [("invoices", "0004_keys_by_statement"), ("streaming", "0003_announce")]

    operations = [migrations.RunSQL(ISSUE_ONE, DROP)]
