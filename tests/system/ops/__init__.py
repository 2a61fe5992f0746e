"""Operation: stops, deploys, backups, and what the logs may not hold."""
