"""E-invoices by EN 16931 in both directions: documents as business terms, and business terms as UBL 2.1 or CII."""
