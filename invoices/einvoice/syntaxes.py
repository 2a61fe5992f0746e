"""The two syntaxes that EN 16931 can be written in."""

from __future__ import annotations

from enum import StrEnum


class Syntax(StrEnum):
    """UBL 2.1, or UN/CEFACT Cross Industry Invoice D16B."""

    UBL = "ubl"
    CII = "cii"
