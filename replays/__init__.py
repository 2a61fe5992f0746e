"""Past windows of invoices, shown again on feeds of their own."""
