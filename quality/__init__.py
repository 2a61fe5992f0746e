"""Validation rules and the quarantine: what breaks a rule is kept as it came, until a person or a later record resolves it."""
