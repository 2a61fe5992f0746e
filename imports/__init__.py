"""Files of invoices: uploads, reading, import and quarantine."""
