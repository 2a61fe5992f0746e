"""The files that were made, in the data directory. They can be made again at any time: losing them loses nothing.

A file is there whole or not at all. Each of the 256 folders keeps its newest `KEPT` files, about 100,000 in all.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

KEPT = 400
# Beside the file itself: why there is none.
REFUSED = ".refused.json"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is kept under a key: the file, or why the document cannot be made into one (JSON)."""

    content: bytes
    is_refusal: bool = False


def load(key: str) -> Kept | None:
    """What was made under `key`; None when nothing was, or is kept no longer."""
    for path, is_refusal in ((_path(key), False), (_path(key + REFUSED), True)):
        try:
            return Kept(content=path.read_bytes(), is_refusal=is_refusal)
        except FileNotFoundError:
            continue
    return None


def save(key: str, kept: Kept) -> None:
    """Keep it under `key`."""
    path = _path(key + REFUSED if kept.is_refusal else key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(kept.content)
    os.replace(file.name, path)
    _prune(path.parent)


def remove(prefixes: Iterable[str]) -> None:
    """Remove all files whose keys begin with this, and all older files, whose keys have no prefix and name no document."""
    for prefix in prefixes:
        for path in _path(prefix).parent.glob(f"{prefix}*"):
            path.unlink(missing_ok=True)
    for path in _root().glob("*/[0-9a-f]*"):
        if "-" not in path.name:
            path.unlink(missing_ok=True)


def _root() -> Path:
    return Path(settings.INVOICEDASH_DATA_DIR) / "renditions"


def _path(name: str) -> Path:
    return _root() / name[:2] / name


def _prune(folder: Path) -> None:
    """Remove the oldest files beyond `KEPT`; another process may remove files at the same time."""
    with os.scandir(folder) as entries:
        files = [entry.path for entry in entries]
    if len(files) > KEPT:
        for path in sorted(files, key=_age)[:-KEPT]:
            Path(path).unlink(missing_ok=True)


def _age(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except FileNotFoundError:
        return 0.0
