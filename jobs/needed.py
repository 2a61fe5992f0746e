"""What beat asks PostgreSQL before it sends a message to `jobs`. Imports nothing: beat runs without Django."""

# So long without a heartbeat, and the job is somebody else's. Its process lives on a loaded machine, at low priority.
LOST_SECONDS = 10
IS_FREE = f"(state = 'queued' OR state = 'running' AND heartbeat_at < clock_timestamp() - interval '{LOST_SECONDS} s')"
# One row per message: the lane, in which a job waits and none is being worked.
LANES = f"""
SELECT lane FROM jobs_job WHERE state IN ('queued', 'running')
GROUP BY lane HAVING bool_or({IS_FREE}) AND NOT bool_or(state = 'running' AND NOT {IS_FREE}) ORDER BY lane
"""
