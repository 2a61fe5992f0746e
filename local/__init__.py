"""The implementation of `make run`: embedded PostgreSQL and Redis, the processes of the Procfile, and their supervisor."""
