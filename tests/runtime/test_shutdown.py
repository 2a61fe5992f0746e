"""A process that gets a stop signal ends, whatever its threads wait for."""

from __future__ import annotations

import subprocess
import sys

from runtime.environment import BASE_DIR
from tests.waiting import HANG_SECONDS

CODE = """
import threading
from runtime import shutdown
shutdown.DRAIN_SECONDS = shutdown.EXIT_SECONDS = 0.1
threading.Thread(target=threading.Event().wait).start()
shutdown.begin()
"""


def test_a_thread_that_waits_without_end_does_not_keep_a_stopping_process() -> None:
    ended = subprocess.run([sys.executable, "-c", CODE], cwd=BASE_DIR, timeout=HANG_SECONDS, check=False)
    assert ended.returncode == 0
