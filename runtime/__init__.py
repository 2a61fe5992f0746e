"""The process toolkit: environment, clock, Redis client, threads, heartbeats, conditions, watched loops, limits, logs."""
