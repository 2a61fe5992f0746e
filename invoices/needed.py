"""The queries by which beat decides whether `invoices` needs a message. No imports, because beat runs without Django."""

# A run is running, or its stop was left unfinished.
IS_ANY_RUN_ACTIVE = "EXISTS (SELECT FROM invoices_run WHERE state IN ('running', 'stopping'))"
# One row per message: its argument, NULL for none.
TICKS = f"SELECT NULL::text WHERE {IS_ANY_RUN_ACTIVE}"
