"""What is printed on the documents of a store besides their content, and which values it may have. No framework."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

LANGUAGES = ("en", "de", "fr", "ar")
INK = "#1c2430"
LONGEST_TEXTS = {"header": 200, "footer": 400, "payment_note": 1000}
MOST_LINES = 4
# WCAG 2: large text and rules on white need this contrast.
LEAST_CONTRAST = 3.0
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """`language` is that of the labels, `colour` is `#rrggbb`, `logo` a PNG; each text may have several lines."""

    language: str = "en"
    colour: str = INK
    header: str = ""
    footer: str = ""
    payment_note: str = ""
    logo: bytes | None = None


PLAIN = Letterhead()
# All but the logo.
TEXTS = tuple(field.name for field in fields(Letterhead) if field.name != "logo")


class BadLetterhead(ValueError):
    """A value cannot be printed; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def check_letterhead(letterhead: Letterhead) -> None:
    """Raises `BadLetterhead`."""
    if letterhead.language not in LANGUAGES:
        raise BadLetterhead("language", f"{letterhead.language[:20]!r} is not a language: use {', '.join(LANGUAGES)}.")
    if not _COLOUR.fullmatch(letterhead.colour):
        raise BadLetterhead("colour", f"{letterhead.colour[:20]!r} is not a colour: use one such as #0a7a5a.")
    if contrast_on_white(letterhead.colour) < LEAST_CONTRAST:
        raise BadLetterhead("colour", f"{letterhead.colour} cannot be read on white paper: use a darker colour.")
    for name, longest in LONGEST_TEXTS.items():
        value = getattr(letterhead, name)
        if len(value) > longest:
            raise BadLetterhead(name, f"The text has {len(value)} characters: use at most {longest}.")
        if name != "payment_note" and len(value.splitlines()) > MOST_LINES:
            raise BadLetterhead(name, f"The text has {len(value.splitlines())} lines: use at most {MOST_LINES}.")


def contrast_on_white(colour: str) -> float:
    """The contrast ratio of `#rrggbb` to white, from 1 to 21 (WCAG 2, relative luminance)."""
    red, green, blue = (_linear(int(colour[index : index + 2], 16) / 255) for index in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
