from django.db import migrations

# The rule of `commerce.customers`: the shop's own id, else the VAT id, else the e-mail address.
KEY = """left(coalesce('id ' || nullif(content->'buyer'->>'external_id', ''),
    'vat ' || nullif(upper(replace(content->'buyer'->>'vat_id', ' ', '')), ''),
    'mail ' || nullif(lower(content->'buyer'->>'email'), '')), 210)"""
CUSTOMERS = f"""
INSERT INTO commerce_customer (store_id, key, external_id, vat_id, email, name, country, first_at, reported_at)
SELECT DISTINCT ON (store_id, {KEY}) store_id, {KEY}, left(coalesce(content->'buyer'->>'external_id', ''), 200),
    left(coalesce(content->'buyer'->>'vat_id', ''), 200), left(coalesce(content->'buyer'->>'email', ''), 200),
    left(content->'buyer'->>'name', 255), left(coalesce(content->'buyer'->>'country', ''), 2),
    min(placed_at) OVER (PARTITION BY store_id, {KEY}), updated_at
FROM orders_order WHERE {KEY} IS NOT NULL ORDER BY store_id, {KEY}, updated_at DESC, id DESC
"""
ORDERS = f"""
UPDATE orders_order o SET customer_id = c.id FROM commerce_customer c
WHERE c.store_id = o.store_id AND c.key = {KEY.replace("content", "o.content")}
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0004_customers"),
    ]

    operations = [
        migrations.RunSQL([CUSTOMERS, ORDERS], migrations.RunSQL.noop),
    ]
