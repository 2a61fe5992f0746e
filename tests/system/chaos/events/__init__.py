"""The set `events`: transactions append events or roll back, consumers are killed; each event has its effect once (I16)."""
