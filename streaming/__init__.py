"""The paced feed: positions, cursor, pacer, hub and resume. It depends on no domain."""
