"""Reads a Procfile: `name: command` lines. Each command is split as in a shell, without a shell's expansions."""

from __future__ import annotations

import re
import shlex
from pathlib import Path


class BadProcfile(ValueError):
    """A line is not of the form `name: command`; the text is one sentence."""


def read(path: Path) -> dict[str, list[str]]:
    """The commands by name, in the file's order; raises `BadProcfile`, or `OSError` when there is no such file."""
    commands: dict[str, list[str]] = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = re.fullmatch(r"([a-z][a-z0-9_-]*):\s*(\S.*)", line)
        if not found or found[1] in commands:
            raise BadProcfile(
                f"{path}, line {number}: {line!r} is not a valid line: use `name: command` with a unique name."
            )
        commands[found[1]] = shlex.split(found[2])
    return commands
