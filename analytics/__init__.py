"""Figures: what was sold, when, in which currency, to whom. Each equals the sum over the documents behind it."""
