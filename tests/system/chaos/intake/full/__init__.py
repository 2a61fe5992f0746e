"""The set `intake-full`: fake shops beside the whole product under its supervisor, whose processes and servers are killed."""
