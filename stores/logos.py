"""Makes a printable logo of what was uploaded: a picture is decoded and drawn again by a process of its own, which ends.

So nothing that was in the file besides the picture is kept, and a picture that needs too much memory or time is refused.
"""

from __future__ import annotations

import subprocess
import sys

from runtime.environment import BASE_DIR

LARGEST = 256 * 1024
# Usually a tenth of a second; the process itself ends after ten seconds of processor time.
WITHIN_SECONDS = 30.0
REFUSED = "The file is not a picture that can be printed: use a PNG, JPEG, WebP, GIF or SVG of up to 256 KiB."


class BadLogo(ValueError):
    """The file cannot be made into a logo."""


def make_logo(raw: bytes) -> bytes:
    """The picture as PNG, drawn at 300 dots an inch into a box of 62 by 22 mm; raises `BadLogo`."""
    if not raw or len(raw) > LARGEST:
        raise BadLogo(REFUSED)
    command = [sys.executable, "-m", "stores.logo_child"]
    try:
        done = subprocess.run(
            command, cwd=BASE_DIR, input=raw, capture_output=True, timeout=WITHIN_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise BadLogo(REFUSED) from late
    if done.returncode or not done.stdout:
        raise BadLogo(REFUSED)
    return done.stdout
