"""The intake of webhooks of all platforms: stored raw before they are answered, then applied, replayed and counted."""
