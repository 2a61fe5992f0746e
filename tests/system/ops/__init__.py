"""Operation: stops, deploys, backups, and the content of the logs."""
