"""Documents that are held in quarantine: they would change figures if they were right."""

from __future__ import annotations

# An SQL expression: how many rows wait for a person. Their amounts are not known: what is held could not be read as a
# document. An expression, so that a statement of the caller reads it as well.
HELD = (
    "(SELECT json_build_object('rows', count(*), 'amount', '[]'::json) FROM quality_quarantined WHERE state = 'open')"
)
