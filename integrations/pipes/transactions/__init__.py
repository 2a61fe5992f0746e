"""Transactions of sources, and the documents that they lead to."""
