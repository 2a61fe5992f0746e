INSERT INTO commerce_product (id, store_id, code, name, category) OVERRIDING SYSTEM VALUE VALUES
    (101, 1, 'MUG', 'Mug', 'Kitchen'), (102, 1, 'TEA', 'Tea', '');
INSERT INTO commerce_stocklevel (id, store_id, sku, location, title, available, low_at, updated_at) OVERRIDING SYSTEM VALUE VALUES
    (7, 1, 'MUG', '', 'Large mug', 5, 3, '2026-11-30T12:00Z'), (8, 1, 'BOOK', 'Kiel', 'Book', 0, NULL, '2026-11-30T12:00Z'),
    (9, 1, 'BOOK', 'Bonn', 'Book', NULL, NULL, '2026-11-30T12:00Z'), (10, 1, 'id-4', '', '', -2, NULL, '2026-11-30T12:00Z');
INSERT INTO orders_order (store_id, external_id, number, state, invoice_state, currency, total, redeemed, refunded, invoiced, credited,
    vouchers, tips, rounding, waiting, set_aside, quarantined, rule, message, placed_at, updated_at, content)
SELECT 1, o.id, o.id, 'open', 'waiting', 'EUR', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', o.at::timestamptz, o.at::timestamptz, o.content::jsonb
FROM (VALUES
    ('1', '2026-11-01T12:00Z', '{"buyer": {"name": "Erika", "external_id": "7", "email": "e@example.com", "vat_id": "", "country": "DE"}}'),
    ('2', '2026-11-02T12:00Z', '{"buyer": {"name": "Erika M.", "external_id": "7", "email": "e@example.com", "vat_id": "", "country": "DE"}}'),
    ('3', '2026-11-03T12:00Z', '{"buyer": {"name": "Firma", "external_id": "", "email": "", "vat_id": "de 123", "country": "AT"}}'),
    ('4', '2026-11-04T12:00Z', '{"buyer": {"name": "Gast", "external_id": "", "email": "Gast@Example.com", "vat_id": "", "country": ""}}'),
    ('5', '2026-11-05T12:00Z', '{"buyer": {"name": "Guest", "external_id": "", "email": "", "vat_id": "", "country": ""}}'),
    ('6', '2026-11-06T12:00Z', '{}')
) AS o(id, at, content);
