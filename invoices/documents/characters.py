"""Characters of incoming texts: equal texts get one form (NFC), and invisible characters are found.

A hidden character makes two numbers or names look equal that are not, or shows a text in another order than it has.
Joiners and variation selectors stay where writing needs them: in emoji, and in scripts that join their letters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from operator import is_
from types import NoneType
from typing import Any

from invoices.documents.types import Document

# Unicode's Default_Ignorable_Code_Point, the separators of lines and paragraphs, and the control characters of Latin-1.
_HIDDEN = re.compile(
    "[\x80-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Arabic, Syriac and their neighbours, the scripts of India, Myanmar, Khmer, Mongolian, Arabic's presentation forms.
_JOINING = (
    "\u0600-\u0605\u0608-\u061b\u061d-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u180a\u1810-\u18af"
    "\ufb50-\ufdff\ufe70-\ufefc"
)
_PICTURE = "\u203c-\u3299\U0001f000-\U0001faff"
_IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_IN_USE = re.compile(
    f"(?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])"
    f"|(?<=[{_PICTURE}\ufe0f])\u200d(?=[{_PICTURE}])"
    f"|(?<=[\xa9\xae{_PICTURE}])[\ufe0e\ufe0f]"
    "|(?<=[#*0-9])\ufe0f(?=\u20e3)"
    f"|(?<=[{_IDEOGRAPH}])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
    "|(?<=\U0001f3f4)[\U000e0020-\U000e007e]+\U000e007f"
)
_LINE_BREAK = re.compile("[ \t]*[\t\n\v\f\r\x85\u2028\u2029]+[ \t]*")
# Written together as a matter of course (UTS 39, highly restrictive).
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "HALFWIDTH")
_FULL_WIDTH, _ASCII_DIGIT = "FULLWIDTH", "DIGIT"

_WITHOUT_TEXT = frozenset({Decimal, NoneType, bool, date, datetime})


def normalize(text: str) -> str:
    """`text` in NFC, the form in which equal texts are equal."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """`text` with a blank for each run of line breaks and tabs, as a product name or an address is printed."""
    return text if text.isprintable() else _LINE_BREAK.sub(" ", text)


def normalize_document(document: Document) -> Document:
    """`document` with its texts in NFC and on one line, except lines of the note.

    `corrects` stays: what was issued before has the number it has.
    """
    normal: Document = _normalized(document)
    return normal


def find_hidden(text: str, *, is_identifier: bool = False) -> str | None:
    """The first character that is invisible or changes the order of the others; None when there is none.

    In an identifier no hidden character is of use, and each space but the usual one looks like it.
    """
    if text.isascii():
        return None
    found = _HIDDEN.search(text if is_identifier else _IN_USE.sub("", text))
    if found is None and is_identifier:
        return next((each for each in text if each != " " and unicodedata.category(each) == "Zs"), None)
    return found.group() if found else None


def name(character: str) -> str:
    """`character` as people can look it up: `U+202E (RIGHT-TO-LEFT OVERRIDE)`."""
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'a control character')})"


def find_mixed_scripts(number: str) -> tuple[str, ...]:
    """The scripts of a number that mixes some whose characters look alike; empty when it is of one."""
    if number.isascii():
        return ()
    letters = {_script(each) for each in number if each.isalpha()}
    digits = {_script(each) for each in number if each.isdecimal()}
    others = letters - set(_EAST_ASIAN) if letters <= {"LATIN", *_EAST_ASIAN} else letters
    is_full_width = _FULL_WIDTH in letters | digits and any(each.isascii() and each.isalnum() for each in number)
    if len(others) < 2 and len(digits) < 2 and not is_full_width:
        return ()
    return tuple(sorted(letters | (digits if len(digits) > 1 else digits - {_ASCII_DIGIT})))


def _script(character: str) -> str:
    return unicodedata.name(character, "UNNAMED").split()[0]


def _normalized(value: Any, name: str = "") -> Any:
    """`value`, which the field `name` holds, with all texts in it normalized: the same object where they are so already."""
    if isinstance(value, str):
        return normalize(value if name == "note" else one_line(value))
    if isinstance(value, tuple):
        normal = tuple(_normalized(each) for each in value)
        return value if all(map(is_, normal, value)) else normal
    changes = {
        name: normal
        for name in getattr(value, "__dataclass_fields__", ())
        if name != "corrects"
        and not _is_normal(old := getattr(value, name))
        and (normal := _normalized(old, name)) is not old
    }
    return replace(value, **changes) if changes else value


def _is_normal(value: Any) -> bool:
    """Whether a field needs no look into it, as most do not: documents have many fields, and imports many documents."""
    kind = value.__class__
    return (value.isascii() and value.isprintable()) if kind is str else kind in _WITHOUT_TEXT
