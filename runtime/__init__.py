"""The process toolkit: environment, clock, Redis client, threads, heartbeats, limits, logs, shutdown. Imports no app."""
