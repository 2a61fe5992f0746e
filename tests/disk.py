"""A small file system of its own for a test that fills a disk."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

CHUNK = bytes(1024 * 1024)


class NoSmallDisk(RuntimeError):
    """No file system can be mounted here; the text says why."""


@contextmanager
def small_disk(directory: Path, *, megabytes: int, options: str = "") -> Iterator[Path]:
    """`directory` as a tmpfs; the test is skipped, and says why, where none can be mounted."""
    with ExitStack() as opened:
        try:
            opened.enter_context(mounted_disk(directory, megabytes=megabytes, options=options))
        except NoSmallDisk as error:
            pytest.skip(f"SKIPPED: {error}")
        yield directory


@contextmanager
def mounted_disk(directory: Path, *, megabytes: int, options: str = "") -> Iterator[Path]:
    """`directory` as a tmpfs; raises `NoSmallDisk` where none can be mounted."""
    directory.mkdir(parents=True, exist_ok=True)
    more = f",{options}" if options else ""
    owner = f"uid={os.geteuid()},gid={os.getegid()}"
    _run_as_root("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700,{owner}{more}", "tmpfs", str(directory))
    try:
        yield directory
    finally:
        _run_as_root("umount", "-l", str(directory))


def _run_as_root(*command: str) -> None:
    """Run it, in CI by a sudo that asks for no password; raises `NoSmallDisk`."""
    if os.geteuid() and not os.environ.get("CI"):
        raise NoSmallDisk("no tmpfs can be mounted: not root")
    prefix = ["sudo", "-n"] if os.geteuid() else []
    done = subprocess.run([*prefix, *command], capture_output=True, text=True)
    if done.returncode:
        raise NoSmallDisk(f"no tmpfs can be mounted: {done.stderr.strip()}")


def fill(directory: Path, *, leave_bytes: int = 0) -> Path:
    """Take all space but `leave_bytes` with one file, which is to be removed to give it back."""
    path = directory / "filler"
    with path.open("ab", buffering=0) as file:
        try:
            while _free(directory) > leave_bytes:
                file.write(CHUNK[: max(4096, min(len(CHUNK), _free(directory) - leave_bytes))])
        except OSError:
            return path
    return path


def _free(directory: Path) -> int:
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize
