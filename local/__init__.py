"""What `make run` is: PostgreSQL and Redis from wheels, the Procfile's processes, the supervisor that keeps them."""
