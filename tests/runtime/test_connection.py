"""The loops of the process `loops` give back the connection of their own thread, and no other."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from invoicedash.loops import read_specs
from runtime.background_loops import LoopSpec
from tests.waiting import HANG_SECONDS

RARE_SECONDS = 30.0
SPECS = read_specs()
RARE = [spec for spec in SPECS if spec.every_seconds >= RARE_SECONDS]


def name_of(spec: LoopSpec) -> str:
    return spec.name


def is_closed_by(give_back: Callable[[], None]) -> bool:
    """Whether `give_back` closes the connection of the thread that calls it."""
    closed: list[bool] = []

    def use() -> None:
        connection.ensure_connection()
        try:
            give_back()
            closed.append(connection.connection is None)
        finally:
            connection.close()

    thread = threading.Thread(target=use)
    thread.start()
    thread.join(HANG_SECONDS)
    return closed == [True]


@pytest.mark.django_db
@pytest.mark.parametrize("spec", SPECS, ids=name_of)
def test_a_loop_closes_its_connection_after_an_error(spec: LoopSpec) -> None:
    assert is_closed_by(spec.after_error)


@pytest.mark.django_db
@pytest.mark.parametrize("spec", RARE, ids=name_of)
def test_a_loop_with_rare_turns_holds_no_connection_between_them(spec: LoopSpec) -> None:
    assert is_closed_by(spec.before_pause)
