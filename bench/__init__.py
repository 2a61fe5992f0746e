"""Benchmarks: ours and its yardsticks side by side in one run, because only ratios survive a shared machine."""
