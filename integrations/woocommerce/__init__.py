"""WooCommerce, REST API v3: its orders and refunds as order snapshots."""

# The platform, in addresses and rows.
NAME = "woocommerce"
