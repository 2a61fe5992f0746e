"""Documents as PDF: A4 that prints well, PDF/A-3b, with the CII inside when it is valid (Factur-X)."""
