"""Benchmarks: the product and its yardsticks side by side in one run, because only ratios are stable on a shared
machine.
"""
