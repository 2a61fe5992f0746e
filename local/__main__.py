"""`python -m local`: runs the whole product on this machine until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from runtime.absent import without  # isort: split

# The supervisor uses no TLS; the library takes more than 1 MB.
with without("ssl"):
    import asyncio  # noqa: F401

from local.start import start
from runtime.descriptors import raise_limit
from runtime.environment import BASE_DIR


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--procfile", type=Path, default=BASE_DIR / "Procfile", help="the processes to run")
    parser.add_argument("--bare", action="store_true", help="no migrations, admin or static files")
    parser.add_argument("--with-parent", action="store_true", help="stop when the process that started this one dies")
    options = parser.parse_args()
    raise_limit()
    return start(options.procfile, is_bare=options.bare, with_parent=options.with_parent)


if __name__ == "__main__":
    sys.exit(main())
