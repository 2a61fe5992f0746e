"""Invoices as files: EN 16931 XML, PDF, CSV, JSON lines and Parquet."""
