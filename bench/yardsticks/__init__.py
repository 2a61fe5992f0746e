"""The yardsticks of the hub: other servers that send the same frame to as many sockets."""
