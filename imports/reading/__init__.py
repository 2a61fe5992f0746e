"""Files of invoices as documents: read, grouped, checked. Imports no framework and touches no database."""
