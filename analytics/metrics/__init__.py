"""Metrics: declarations in one registry, and their figures by time and dimension, exact in Decimal."""
