"""Bugs for the fault runs to find: the proof that the harness can fail.

Each replaces a piece of the product in a process of the fault runs, or takes a rule out of their database. The product
knows nothing of them, and `plant` refuses any database but the fault runs' own.
"""
