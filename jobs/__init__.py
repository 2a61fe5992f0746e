"""Background jobs as rows: claimed, run in processes that end, taken over after a crash."""
