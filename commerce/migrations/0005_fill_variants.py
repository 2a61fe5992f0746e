from django.db import migrations

# Each product so far was what is sold under one code: it gets a variant of that SKU. Stock of an article without a
# product gets one. What was counted is the first movement of its level.
PRODUCTS_OF_STOCK = """
INSERT INTO commerce_product (store_id, code, name, category)
SELECT DISTINCT ON (store_id, sku) store_id, sku, coalesce(nullif(title, ''), sku), '' FROM commerce_stocklevel
ORDER BY store_id, sku, id ON CONFLICT (store_id, code) DO NOTHING
"""
VARIANTS = """
INSERT INTO commerce_variant (store_id, product_id, sku, title)
SELECT p.store_id, p.id, p.code, coalesce((
    SELECT nullif(l.title, '') FROM commerce_stocklevel l WHERE l.store_id = p.store_id AND l.sku = p.code ORDER BY l.id LIMIT 1
), p.name) FROM commerce_product p
"""
LEVELS = """
UPDATE commerce_stocklevel l SET variant_id = v.id, on_hand = coalesce(l.available, 0), is_counted = l.available IS NOT NULL
FROM commerce_variant v WHERE v.store_id = l.store_id AND v.sku = l.sku
"""
MOVEMENTS = """
INSERT INTO commerce_movement (store_id, level_id, kind, quantity, on_hand, at)
SELECT store_id, id, 'counted', on_hand, on_hand, updated_at FROM commerce_stocklevel WHERE on_hand <> 0 ORDER BY id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0004_variants_movements_customers"),
    ]

    operations = [
        migrations.RunSQL([PRODUCTS_OF_STOCK, VARIANTS, LEVELS, MOVEMENTS], migrations.RunSQL.noop),
    ]
