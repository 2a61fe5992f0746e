"""Pacers as separate processes, killed and frozen at any instruction."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from runtime.environment import BASE_DIR
from streaming.display import display
from tests.streaming.ledger import check_conserved, check_pace, shown_positions
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
Pacer = subprocess.Popen[str]


@pytest.fixture
def start_pacer() -> Iterator[Callable[[], Pacer]]:
    """Start pacers beside the tests, on their database, with a serving process's limits."""
    started: list[Pacer] = []
    database = connection.settings_dict
    env = os.environ | {
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "DJANGO_SETTINGS_MODULE": "invoicedash.settings",
        "INVOICEDASH_PROCESS": "pacer",
    }

    def start() -> Pacer:
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.streaming.stepper"],
                cwd=BASE_DIR, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )
        )  # fmt: skip
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_until_ready(process: Pacer) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def wait_until_shown(count: int) -> None:
    wait_for(lambda: display("demo").last_seq >= count, f"{count} rows to be shown")


def test_pacers_killed_in_the_middle_lose_and_double_nothing(
    announce: Callable[[int], None], rate: Callable[[float], None], start_pacer: Callable[[], Pacer]
) -> None:
    rate(200)
    pacers = [start_pacer() for _ in range(3)]
    for process in pacers:
        wait_until_ready(process)
    announce(200)
    for count in (40, 80):
        wait_until_shown(count + random.randrange(30))
        pacers.pop().kill()
    wait_until_shown(200)
    assert shown_positions() == list(range(1, 201))
    check_pace(200)
    check_conserved()


def test_a_frozen_pacer_holds_up_the_feed_for_a_moment_at_most_and_changes_nothing_when_it_thaws(
    announce: Callable[[int], None], rate: Callable[[float], None], start_pacer: Callable[[], Pacer]
) -> None:
    """The server ends a session that freezes in its transaction after a second."""
    rate(200)
    frozen, other = start_pacer(), start_pacer()
    for process in (frozen, other):
        wait_until_ready(process)
    announce(240)
    for _ in range(3):
        seen = display("demo").last_seq
        wait_until_shown(seen + random.randrange(1, 20))
        frozen.send_signal(signal.SIGSTOP)
        seen = display("demo").last_seq
        wait_until_shown(seen + 10)
        frozen.send_signal(signal.SIGCONT)
    wait_until_shown(240)
    assert shown_positions() == list(range(1, 241))
    check_pace(200)
    check_conserved()
