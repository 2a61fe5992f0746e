"""Background jobs as database rows: claimed, run in short-lived processes, taken over after a crash."""
