"""Makes a printable logo of what was uploaded: a picture is decoded and drawn again by a process of its own, which ends.

So nothing that was in the file besides the picture is kept, and a picture that needs too much memory or time is refused.
"""

from __future__ import annotations

from runtime import child

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
    try:
        return child.run("stores.logo_child", raw, within_seconds=WITHIN_SECONDS)
    except child.ChildFailed as error:
        raise BadLogo(REFUSED) from error
