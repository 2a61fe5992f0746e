"""The set `intake-model`: shops, webhooks, workers and the reconciler in virtual time, on a database in memory, with the
product's own reading, mapping and planning.
"""
