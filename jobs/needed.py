"""The query by which beat decides whether to send a message to `jobs`. Imports nothing: beat runs without Django."""

# After this many seconds without a heartbeat, another process may claim the job. The process may run at low priority on
# a loaded machine.
LOST_SECONDS = 10
IS_FREE = f"(state = 'queued' OR state = 'running' AND heartbeat_at < clock_timestamp() - interval '{LOST_SECONDS} s')"
# One row per message: a queue in which a job waits and no process works.
QUEUES = f"""
SELECT queue FROM jobs_job WHERE state IN ('queued', 'running')
GROUP BY queue HAVING bool_or({IS_FREE}) AND NOT bool_or(state = 'running' AND NOT {IS_FREE}) ORDER BY queue
"""
