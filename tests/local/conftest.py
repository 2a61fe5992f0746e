"""Stacks of plain processes: the supervisor's work without the product's start-up time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.paths import run_dir
from tests.stack import Stack

SLEEPER = 'python -c "import time; time.sleep(600)"'


@pytest.fixture
def make_stack(tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    """Make a stack that runs the given processes, or one sleeper, in a data directory with a space in its name.

    It uses the test session's servers, unless it is to have `own_servers`.
    """
    made: list[Stack] = []
    shared = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}

    def make(
        commands: dict[str, str] | None = None, env: dict[str, str] | None = None, *, own_servers: bool = False
    ) -> Stack:
        procfile = tmp_path / f"Procfile{len(made)}"
        lines = [f"{name}: {command}\n" for name, command in (commands or {"sleeper": SLEEPER}).items()]
        procfile.write_text("".join(lines))
        servers = {} if own_servers else shared
        made.append(Stack(data_dir=tmp_path / "the data", procfile=procfile, env={**servers, **(env or {})}))
        return made[-1]

    yield make
    for stack in made:
        stack.stop()
        shutil.rmtree(run_dir(stack.data_dir), ignore_errors=True)
