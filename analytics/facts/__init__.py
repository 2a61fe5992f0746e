"""Sums of documents by hour, day, category, product and customer, kept equal to the documents (invariant I12)."""
