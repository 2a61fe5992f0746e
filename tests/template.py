"""The data directory of a product after its first start: made once for a test run, and copied for each product.

Every copy has the same passwords and a PostgreSQL that waits for no disk: a test may lose data in a crash of the machine.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local.control import read_state
from runtime.environment import BASE_DIR
from tests.waiting import HANG_SECONDS, wait_for

# Where the test run keeps it; not set outside of a test run, where every product makes its own data.
VARIABLE = "INVOICEDASH_TEST_TEMPLATE"
SLEEPER = f"sleeper: {shlex.quote(sys.executable)} -c 'import time; time.sleep(86400)'\n"
WITHOUT_DISK = "fsync = off\nfull_page_writes = off\n"


def place() -> Path | None:
    """Where a test run keeps the data of products; None outside of one."""
    template = os.environ.get(VARIABLE)
    return Path(template).parent if template else None


def fill(data_dir: Path, env: Mapping[str, str]) -> None:
    """Make `data_dir` a copy of the template, where there is one; `env` is what a product would start with."""
    place = os.environ.get(VARIABLE)
    if not place or data_dir.exists():
        return
    template = Path(place)
    with open(template.with_name("template.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            _make(template, env)
    shutil.copytree(template, data_dir)


def _make(template: Path, env: Mapping[str, str]) -> None:
    """Start a product that has no process but a sleeper, and keep what it has made."""
    fresh = template.with_name("template.new")
    procfile, log = fresh.with_name("template.procfile"), fresh.with_name("template.log")
    procfile.write_text(SLEEPER)
    command = [sys.executable, "-m", "local", "--with-parent", "--procfile", str(procfile)]
    with open(log, "w") as output:
        process = subprocess.Popen(
            command,
            cwd=BASE_DIR,
            env={**env, "INVOICEDASH_DATA_DIR": str(fresh)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    wait_for(lambda: process.poll() is not None or _is_up(fresh), "the template", show=log.read_text)
    process.send_signal(signal.SIGTERM)
    if process.wait(HANG_SECONDS):
        raise RuntimeError(f"The template could not be made:\n{log.read_text()}")
    shutil.rmtree(fresh / "redis")
    with open(fresh / "postgres" / "postgresql.conf", "a") as settings:
        settings.write(WITHOUT_DISK)
    fresh.rename(template)


def _is_up(data_dir: Path) -> bool:
    state = read_state(data_dir) or {"processes": []}
    return any(entry["name"] == "sleeper" and entry["pid"] for entry in state["processes"])
