"""What sources report of a store beside its sales, each record the newest of its key, with the place it came from."""
