"""The process that draws a logo: a picture on its standard input, a PNG on its standard output. Exit 1: not a picture.

`python -m stores.logo_child`. It may use `MOST_MEMORY` and `MOST_SECONDS`, whatever the file says of its size.
"""

from __future__ import annotations

import json
import sys

import typst

from runtime import child

MOST_MEMORY, MOST_SECONDS = 1 << 29, 10
DOTS_PER_INCH = 300
_DRAW = b"""
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#let picture(..size) = image(bytes(json(bytes(sys.inputs.picture))), ..size)
#context {
  let size = measure(picture())
  picture(width: size.width * calc.min(62mm / size.width, 22mm / size.height))
}
"""


def main() -> int:
    """Draw the picture; returns the exit code."""
    child.limit(memory=MOST_MEMORY, seconds=MOST_SECONDS)
    picture = json.dumps(list(sys.stdin.buffer.read()))
    try:
        drawn = typst.compile(_DRAW, format="png", ppi=DOTS_PER_INCH, sys_inputs={"picture": picture})
    except typst.TypstError:
        return 1
    sys.stdout.buffer.write(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main())
