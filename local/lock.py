"""Allows one supervisor per data directory, with a lock that ends with its process, however the process ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from local.space import BadDataDir


class DataDirInUse(RuntimeError):
    """Another supervisor uses the data directory; the text is one sentence."""


def take(data_dir: Path) -> IO[str]:
    """Lock the data directory, created when absent, for as long as the returned file stays open.

    Raises `DataDirInUse`, or `BadDataDir` where files cannot be stored.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _lock(data_dir)
    except OSError as error:
        raise BadDataDir.from_os_error(data_dir, error) from error


def _lock(data_dir: Path) -> IO[str]:
    file = open(data_dir / "lock", "a+")  # noqa: SIM115 - it stays open: that is the lock
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise DataDirInUse(
            f"The product already runs in INVOICEDASH_DATA_DIR={data_dir} (pid {holder}); "
            "stop it, or set INVOICEDASH_DATA_DIR to another directory."
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
