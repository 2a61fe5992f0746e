"""Converts a workbook into CSV by a process that ends (`imports.reading.workbooks`), step by step."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

from imports.reading.lines import BadFile
from imports.reading.workbooks import EXIT_REFUSED, MOST_MEMORY
from runtime.environment import BASE_DIR

TABLE = "table.csv"
_WAIT_SECONDS = 0.1


def convert_steps(path: Path, name: str, folder: Path, most_rows: int | None = None) -> Generator[None, None, Path]:
    """Convert the workbook at `path`, called `name`, into a file in `folder` and return its path; yields while the process works.

    A file that an earlier attempt has completed is used again. Raises `BadFile`.
    """
    target, part = folder / TABLE, folder / f"{TABLE}.part"
    if target.is_file():
        return target
    rows = [] if most_rows is None else [str(most_rows)]
    command = [sys.executable, "-m", "imports.reading.workbooks", str(path), str(part), *rows]
    with tempfile.TemporaryFile() as says:
        process = subprocess.Popen(command, cwd=BASE_DIR, stdin=subprocess.DEVNULL, stderr=says)
        try:
            while not _has_ended(process):
                yield
        finally:
            process.kill()
            process.wait()
        says.seek(0)
        _check(name, process.returncode, says.read(2000).decode(errors="replace"))
    part.replace(target)
    return target


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _check(name: str, code: int, says: str) -> None:
    if code == EXIT_REFUSED:
        raise BadFile(f"{name} is refused: {says.strip()}")
    if code:
        raise BadFile(
            f"{name} is refused: it takes more time or memory ({MOST_MEMORY // 1024**2} MiB) to read than a workbook "
            "may; save its sheet as CSV."
        )
