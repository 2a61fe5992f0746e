"""Reads incoming e-invoices: UBL 2.1, CII, and the CII inside a Factur-X PDF. A file is one document."""
