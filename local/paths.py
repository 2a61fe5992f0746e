"""The layout of a data directory: its own files inside it, sockets in a run directory outside with a short path."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

# The path of a Unix socket may have 107 bytes, and PostgreSQL adds the suffix of a lock file.
LONGEST_RUN_DIR = 80


def run_dir(data_dir: Path) -> Path:
    """The directory of the sockets: the same for every command with the same data directory and user."""
    digest = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]
    name = f"invoicedash-{os.getuid()}-{digest}"
    path = Path(tempfile.gettempdir()).resolve() / name
    # The directory is created with mode 0700, and its owner is checked.
    return path if len(os.fsencode(path)) <= LONGEST_RUN_DIR else Path("/tmp").resolve() / name  # nosec B108


def make_private(path: Path) -> Path:
    """Create the directory for this user only; raises `PermissionError` when another user owns it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.stat(follow_symlinks=False)
    if path.is_symlink() or found.st_uid != os.geteuid():
        raise PermissionError(f"{path} belongs to another user")
    path.chmod(0o700)
    return path


def write_private(path: Path, text: str) -> None:
    """Replace the file atomically, readable by this user only: a reader gets the old text or the new one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
