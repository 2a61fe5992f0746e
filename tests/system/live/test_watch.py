"""Behaviour that takes a minute to see: started by earlier tests where possible, and checked last."""

from __future__ import annotations

import time

from tests.system.live.dashboard import Dashboard, DeafReader
from tests.waiting import wait_for

RIGHTS_LOST = 4403
# Longer than any time-out of the server, its layers and redis-py.
IDLE_SECONDS = 61.0


def test_a_screen_that_loses_the_right_to_view_is_closed(losing: dict[str, Dashboard]) -> None:
    """The guard of a socket asks every half minute; who kept the right stays."""
    gone = {name: dashboard for name, dashboard in losing.items() if name != "viewer"}
    wait_for(lambda: all(dashboard.close_codes for dashboard in gone.values()), "all to be closed")
    assert {name: dashboard.close_codes for name, dashboard in gone.items()} == {name: [RIGHTS_LOST] for name in gone}
    assert losing["viewer"].close_codes == []


def test_an_idle_socket_lives_and_receives_heartbeats_for_more_than_a_minute(idle_socket: Dashboard) -> None:
    opened = idle_socket.frames[0].at
    wait_for(lambda: time.time() > opened + IDLE_SECONDS or idle_socket.close_codes, "a minute to pass")
    heard = len(idle_socket.of("status"))
    wait_for(lambda: len(idle_socket.of("status")) > heard or idle_socket.close_codes, "a heartbeat after the minute")
    assert idle_socket.close_codes == []
    assert idle_socket.connections == 1


def test_a_reader_that_answers_no_ping_is_dropped(deaf_reader: DeafReader) -> None:
    wait_for(lambda: deaf_reader.has_ended, "the server to drop it")
    assert deaf_reader.byte_count > 1000
