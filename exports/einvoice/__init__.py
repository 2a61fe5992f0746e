"""E-invoices by EN 16931: the business terms of a document, their XML in UBL 2.1 or CII, and the rules it is checked by."""
