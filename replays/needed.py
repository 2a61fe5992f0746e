"""The query by which beat decides whether to send a message to `replays`. Imports nothing: beat runs without Django."""

IS_ANY_REPLAY_ACTIVE = "EXISTS (SELECT FROM replays_replay WHERE state = 'running')"
# One row per message: its argument, NULL for none.
TICKS = f"SELECT NULL::text WHERE {IS_ANY_REPLAY_ACTIVE}"
