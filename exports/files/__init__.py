"""Files of many invoices, for accountants and for other programs: CSV, JSON lines, Parquet; streamed in bounded memory."""
