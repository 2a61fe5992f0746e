"""The languages that a page can be in."""

from __future__ import annotations

from types import MappingProxyType

from exports.pdf.arabic import ARABIC
from exports.pdf.english import ENGLISH
from exports.pdf.french import FRENCH
from exports.pdf.german import GERMAN
from exports.pdf.words import Words

WORDS = MappingProxyType({words.code: words for words in (ENGLISH, GERMAN, FRENCH, ARABIC)})


def words_of(language: str) -> Words:
    """The words of `language`; English for one that is unknown."""
    return WORDS.get(language, ENGLISH)
