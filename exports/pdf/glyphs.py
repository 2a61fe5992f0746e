"""Replaces what no font has a shape for, which PDF/A does not take: this sign alone, all others stay as they are."""

from __future__ import annotations

import re
import unicodedata

import typst

REPLACEMENT = "?"
# Noto Sans has all of these: most documents need no look at the fonts.
_SURE = re.compile("[\n -~\u00a0-\u024f\u0370-\u0377\u0384-\u03ce\u0400-\u045f\u2010-\u2027\u20ac\u2212]")
_REFUSED = re.compile(r"the text `\"(.*?)\"` could not be displayed", re.DOTALL)
_CODE = re.compile(r"\\u\{([0-9a-f]+)\}")
_PROBE = b'#set text(font: json(bytes(sys.inputs.fonts)))\n#for each in sys.inputs.signs.split("\\n") [#text(each) ]'


def printable(texts: str, families: str, fonts: typst.Fonts) -> str:
    """`texts` without the signs that `fonts` lack; `families` is a JSON list of names.

    The signs are tried on a page of their own, each once: a long document is not typeset twice for one sign.
    """
    signs = sorted(set(_SURE.sub("", texts)))
    if not signs:
        return texts
    try:
        typst.compile(
            _PROBE, format="pdf", font_paths=fonts, pdf_standards="a-3b", timestamp=0, pdf_tags=False,
            sys_inputs={"fonts": families, "signs": "\n".join(signs)},
        )  # fmt: skip
    except typst.TypstError as error:
        return without(texts, find_refused(error))
    return texts


def find_refused(error: typst.TypstError) -> set[str]:
    """The characters without a shape; raises `error` again where it is another one."""
    named = "".join(_REFUSED.findall(error.diagnostic))
    if not named:
        raise error
    return set(_CODE.sub(lambda code: chr(int(code[1], 16)), named))


def without(texts: str, refused: set[str]) -> str:
    """`texts` without `refused`. A mark that no font has with its letter is left out; the letter stays."""
    table: dict[int, str] = {}
    for each in refused:
        if unicodedata.category(each).startswith("M"):
            table[ord(each)] = ""
        elif not _SURE.match(each):
            table[ord(each)] = REPLACEMENT
    return texts.translate(table)
