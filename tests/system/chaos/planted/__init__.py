"""Bugs for the fault runs to find: the proof that the harness can fail.

Each replaces a function of the product in a process of the fault runs, or drops a constraint in their database. The product
does not import them, and `plant` refuses any database but the fault runs' own.
"""
