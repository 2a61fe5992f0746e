"""The core set: ticks, issuing, pacing, hub and operators as plain processes on a real PostgreSQL and Valkey.

The product's own functions without its web server, broker and supervisor: a schedule takes a second, so thousands of
them fit into a night. Processes are forked from one that has everything imported; kill -9 costs milliseconds.
"""
