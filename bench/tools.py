"""Installs the packages that only the benchmarks need, on first use, separate from the product: `bench/.venv`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.frame import CannotMeasure
from runtime.environment import BASE_DIR

PLACE = BASE_DIR / "bench" / ".venv"
PYTHON, NODE = PLACE / "python", PLACE / "node"
PACKAGES = ("picows==2.3.1",)
NODE_PACKAGES = ("ws@8.23.0",)


def python_environment() -> dict[str, str]:
    """The environment variables with which the product's Python also finds the yardsticks' packages."""
    stamp = PYTHON / ".installed"
    if not stamp.exists() or stamp.read_text() != " ".join(PACKAGES):
        _call([sys.executable, "-m", "venv", "--clear", str(PYTHON)])
        _call([str(PYTHON / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES])
        stamp.write_text(" ".join(PACKAGES))
    (packages,) = PYTHON.glob("lib/python3*/site-packages")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(BASE_DIR), str(packages)])}


def node_modules() -> Path | None:
    """The directory of the yardsticks' Node packages; None without Node."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    modules = NODE / "node_modules"
    if not modules.exists():
        NODE.mkdir(parents=True, exist_ok=True)
        # With `--prefix`, npm would ignore the machine's settings (for example its certificates).
        (NODE / "package.json").write_text('{"private": true}\n')
        _call(["npm", "install", "--loglevel", "error", "--no-audit", "--no-fund", *NODE_PACKAGES], cwd=NODE)
    return modules


def _call(command: list[str], cwd: Path = BASE_DIR) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise CannotMeasure(f"{command[0]} could not install what the yardsticks need:\n{said}")
