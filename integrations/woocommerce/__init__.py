"""WooCommerce, REST API v3: its orders and refunds as order snapshots."""
