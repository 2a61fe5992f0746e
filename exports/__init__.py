"""Invoices on their way out: EN 16931 XML, PDF, and files of any filter (CSV, JSON lines, Parquet)."""
