"""What the hub is measured against: the same frame to as many sockets, by the means that others offer."""
