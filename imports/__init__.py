"""Files of invoices: uploads, reading and import."""
