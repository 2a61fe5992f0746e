"""Replays: past windows of invoices, shown again on feeds of their own."""
