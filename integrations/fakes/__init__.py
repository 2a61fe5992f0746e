"""What the fake shops of all platforms share: their clock, faults on demand, and their server. It imports no framework."""
