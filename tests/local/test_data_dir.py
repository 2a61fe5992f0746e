"""An unusable data directory gives one sentence with the variable's name, the reason and the remedy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.environment import BASE_DIR
from tests.disk import fill, small_disk
from tests.stack import clean_environment, free_port
from tests.waiting import HANG_SECONDS


def start(data_dir: Path) -> subprocess.CompletedProcess[str]:
    """Run `make run`'s program on that directory."""
    env = {**clean_environment(), "INVOICEDASH_DATA_DIR": str(data_dir), "PORT": str(free_port())}
    command = [sys.executable, "-m", "local"]
    return subprocess.run(command, cwd=BASE_DIR, env=env, capture_output=True, text=True, timeout=HANG_SECONDS)


def sentence(data_dir: Path) -> str:
    """The only line that a refused start prints."""
    ran = start(data_dir)
    assert ran.returncode == 1
    (line,) = ran.stderr.strip().splitlines()
    assert ran.stdout == ""
    return line


def test_data_directory_that_is_a_file_is_refused_with_its_variable(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    expected = f"INVOICEDASH_DATA_DIR={path} is not a directory; set INVOICEDASH_DATA_DIR to another directory."
    assert sentence(path) == expected
    assert sentence(path / "below").startswith(f"INVOICEDASH_DATA_DIR={path / 'below'} is not a directory; ")


def test_data_directory_that_is_not_writable_is_refused_with_its_variable(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    if os.geteuid() == 0:
        with small_disk(closed, megabytes=1, options="ro"):
            found = sentence(closed)
    else:
        closed.chmod(0o500)
        found = sentence(closed)
    assert found.startswith(f"INVOICEDASH_DATA_DIR={closed} cannot be written to (")
    assert found.endswith("; change its rights, or set INVOICEDASH_DATA_DIR to another directory.")


@pytest.mark.parametrize("leave_bytes", [0, 30 * 1024 * 1024], ids=["no space at all", "too little space"])
def test_first_start_on_a_full_disk_says_so_in_one_sentence(tmp_path: Path, leave_bytes: int) -> None:
    with small_disk(tmp_path / "disk", megabytes=60) as disk:
        fill(disk, leave_bytes=leave_bytes)
        data_dir = disk if leave_bytes else disk / "data"
        found = sentence(data_dir)
    assert found.startswith(f"The disk of INVOICEDASH_DATA_DIR={data_dir} is full (")
    assert found.endswith("; free 200 MB, or set INVOICEDASH_DATA_DIR to another directory.")
