"""A Celery process without Django logs as the others do."""

from __future__ import annotations

import subprocess
import sys

from runtime.environment import BASE_DIR
from tests.stack import clean_environment

PROGRAM = """
import logging
from runtime import bare_celery, environment
bare_celery.log_to_console(environment.read())
for number in range(50):
    logging.getLogger("beat").warning("The broker takes no message: %s", number)
"""


def test_what_fails_at_each_turn_is_logged_once_for_a_while() -> None:
    env = {**clean_environment(), "INVOICEDASH_OPEN": "1"}
    ran = subprocess.run([sys.executable, "-c", PROGRAM], cwd=BASE_DIR, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.count("The broker takes no message") == 1
