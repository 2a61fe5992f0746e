"""The fonts of a page: Noto Sans for most scripts, Noto Sans CJK, Amiri for Arabic; they come as packages of PyPI.

Amiri, because its letters are glyphs of their own: a copy of the text of a PDF has the letters of the document. Noto Sans
Arabic draws letters and dots separately, which viewers copy as other letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import typst
from django.conf import settings

PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk", "fontpkg_amiri")
FAMILIES = (
    "Noto Sans", "Amiri", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans Bengali",
    "Noto Sans Tamil", "Noto Sans Telugu", "Noto Sans Gujarati", "Noto Sans Gurmukhi", "Noto Sans Kannada",
    "Noto Sans Malayalam", "Noto Sans Oriya", "Noto Sans Sinhala", "Noto Sans Khmer", "Noto Sans Lao",
    "Noto Sans Myanmar", "Noto Sans Armenian", "Noto Sans Georgian", "Noto Sans Ethiopic",
)  # fmt: skip
# The last three come with typst: they print Latin, Greek and Cyrillic where the packages are missing.
SIGNS = ("Noto Sans Symbols", "Noto Emoji", "Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern")
_KANA, _HANGUL, _ARABIC = (
    re.compile("[\u3041-\u30ff]"),
    re.compile("[\u1100-\u11ff\uac00-\ud7a3]"),
    re.compile("[\u0600-\u06ff]"),
)


def families(texts: str) -> list[str]:
    """The names of the fonts in the order in which a glyph is looked for. Han signs have the shapes of the language."""
    shapes = "JP" if _KANA.search(texts) else "KR" if _HANGUL.search(texts) else "SC"
    return [*FAMILIES, f"Noto Sans CJK {shapes}", *SIGNS]


def has_arabic(texts: str) -> bool:
    return _ARABIC.search(texts) is not None


@cache
def load() -> typst.Fonts:
    """The fonts of the packages, those that come with typst, those of the machine, and those in the data directory."""
    return typst.Fonts(font_paths=[*_folders(), settings.INVOICEDASH_DATA_DIR / "fonts"])


def missing_packages() -> list[str]:
    """The packages that are not installed."""
    return [name for name in PACKAGES if find_spec(name) is None]


def _folders() -> Iterable[Path]:
    for name in PACKAGES:
        spec = find_spec(name)
        yield from map(Path, spec.submodule_search_locations or ()) if spec else ()
