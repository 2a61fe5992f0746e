"""Where a data directory keeps what: files of its own inside it, sockets in a short run directory outside."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

# A Unix socket's path may have 107 bytes, and PostgreSQL adds a lock file's suffix to its own.
LONGEST_RUN_DIR = 80


def run_dir(data_dir: Path) -> Path:
    """The sockets' directory: the same for every command that means the same data directory and the same user."""
    digest = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]
    name = f"invoicedash-{os.getuid()}-{digest}"
    path = Path(tempfile.gettempdir()).resolve() / name
    # Made 0700, and its owner is checked.
    return path if len(os.fsencode(path)) <= LONGEST_RUN_DIR else Path("/tmp").resolve() / name  # nosec B108


def make_private(path: Path) -> Path:
    """Make the directory for this user alone; raises `PermissionError` where someone else has made it before."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.stat(follow_symlinks=False)
    if path.is_symlink() or found.st_uid != os.geteuid():
        raise PermissionError(f"{path} belongs to someone else")
    path.chmod(0o700)
    return path


def write_private(path: Path, text: str) -> None:
    """Replace the file in one step, readable by this user alone: a reader sees the old text or the new."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
