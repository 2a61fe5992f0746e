"""Shopify: its orders and refunds as order snapshots."""
