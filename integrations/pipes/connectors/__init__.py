"""The connectors of pipes: how records are pulled from each kind of source. Each is imported only where it pulls."""
