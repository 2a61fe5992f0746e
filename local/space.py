"""Explains in one sentence why the data directory cannot store data, and what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

# An empty product takes half of this: PostgreSQL's files, the first segments of its log, Valkey's file.
NEEDED_BYTES = 200 * 1024 * 1024
LEAST_BYTES = NEEDED_BYTES // 2
REMEDY = "set INVOICEDASH_DATA_DIR to another directory"


class BadDataDir(RuntimeError):
    """The data directory cannot be used; the text is one sentence."""

    @classmethod
    def from_os_error(cls, data_dir: Path, error: OSError) -> BadDataDir:
        """Build the exception from the operating system's error."""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return cls(describe_full_disk(data_dir))
        if data_dir.is_file() or error.errno == errno.ENOTDIR:
            return cls(f"INVOICEDASH_DATA_DIR={data_dir} is not a directory; {REMEDY}.")
        reason = error.strerror or str(error)
        return cls(f"INVOICEDASH_DATA_DIR={data_dir} cannot be written to ({reason}); change its rights, or {REMEDY}.")


def require_space(data_dir: Path) -> None:
    """Raise `BadDataDir` when the disk has no room for an empty product."""
    if _free_bytes(data_dir) < LEAST_BYTES:
        raise BadDataDir(describe_full_disk(data_dir))


def describe_full_disk(data_dir: Path) -> str:
    """A sentence that says that the disk is full, how much is free, and what to do."""
    return (
        f"The disk of INVOICEDASH_DATA_DIR={data_dir} is full ({_free_bytes(data_dir) // 1024**2} MB free); "
        f"free {NEEDED_BYTES // 1024**2} MB, or {REMEDY}."
    )


def has_no_space(output: str) -> bool:
    """Whether the output of a failed program reports a full disk."""
    return os.strerror(errno.ENOSPC) in output or os.strerror(errno.EDQUOT) in output


def _free_bytes(data_dir: Path) -> int:
    found = os.statvfs(data_dir)
    return found.f_bavail * found.f_frsize
