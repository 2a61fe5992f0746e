"""Series, invoices, documents, totals, the hash chain, search, generation and audit."""
