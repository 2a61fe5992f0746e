"""Checks a document before it is issued, so that a refused one uses no number."""
