"""The `jobs` process waits for its children, and ends a child without heartbeats."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import BinaryIO

import pytest

from jobs import worker


def start(script: str) -> tuple[subprocess.Popen[bytes], BinaryIO]:
    """A shell with the writing end of a pipe as its standard output."""
    beats, write_end = os.pipe()
    child = subprocess.Popen(["sh", "-c", script], stdout=write_end)
    os.close(write_end)
    return child, open(beats, "rb", buffering=0)


def test_a_child_that_falls_silent_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SILENT_SECONDS", 0.1)
    child, beats = start("exec sleep 3600")
    with beats:
        assert worker.wait(child, beats) == -signal.SIGKILL


def test_a_child_that_beats_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SILENT_SECONDS", 60.0)
    child, beats = start("printf .; sleep 0.2; printf .; exit 7")
    with beats:
        assert worker.wait(child, beats) == 7
