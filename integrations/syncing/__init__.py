"""What the connectors of all platforms share: reading a shop, recording what it says, and the health of the connection."""
