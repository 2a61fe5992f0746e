"""The supervisor of `make run`: it starts PostgreSQL, Redis and the processes of the Procfile and restarts them."""
